-------------------------------- MODULE SVG --------------------------------
(* Pictures as values: an element of SVG is a record of its name, its attributes (a function from strings to strings;
   <<>> for none), the sequence of its children, and its text. *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE Sequences
LOCAL INSTANCE Integers
LOCAL INSTANCE TLC
LOCAL INSTANCE FiniteSets

SVGElem(_name, _attrs, _children, _innerText) ==
  [name |-> _name, attrs |-> _attrs, children |-> _children, innerText |-> _innerText]

(* An element without children. Its own attributes win over further ones. *)
LOCAL Shape(name, own, more, text) == SVGElem(name, own @@ more, <<>>, text)

Line(x1, y1, x2, y2, attrs) ==
  Shape("line", [x1 |-> ToString(x1), y1 |-> ToString(y1), x2 |-> ToString(x2), y2 |-> ToString(y2)], attrs, "")
Circle(cx, cy, r, attrs) ==
  Shape("circle", [cx |-> ToString(cx), cy |-> ToString(cy), r |-> ToString(r)], attrs, "")
Rect(x, y, w, h, attrs) ==
  Shape("rect", [x |-> ToString(x), y |-> ToString(y), width |-> ToString(w), height |-> ToString(h)], attrs, "")
Text(x, y, text, attrs) == Shape("text", [x |-> ToString(x), y |-> ToString(y)], attrs, text)
Image(x, y, width, height, href, attrs) ==
  LET frame == [x |-> ToString(x), y |-> ToString(y), width |-> ToString(width), height |-> ToString(height)]
  IN Shape("image", "xlink:href" :> href @@ frame, attrs, "")

Group(children, attrs) == SVGElem("g", attrs, children, "")
Svg(children, attrs) == SVGElem("svg", attrs, children, "")

(* The text of an element, which TLA+ cannot take together: `_' in the name of an attribute becomes `-'. *)
SVGElemToString(elem) == TRUE

-----------------------------------------------------------------------------
(* Where things are drawn. *)

(* The n-th of m nodes on a circle around (cx, cy) with radius r, which needs more than whole numbers. *)
NodeOfRingNetwork(cx, cy, r, n, m) == [x |-> 0, y |-> 0]

(* A layout of a graph: any. *)
NodesOfDirectedMultiGraph(nodes, edges, options) == CHOOSE f \in [nodes -> [x : Int, y : Int]] : TRUE

(* From one point a part of the way to another: the whole way divided by `segment'. *)
PointOnLine(from, to, segment) ==
  LET step(a, b) == a + ((b - a) \div segment) IN [x |-> step(from.x, to.x), y |-> step(from.y, to.y)]
=============================================================================
