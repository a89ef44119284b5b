"""SVG: the text of elements, and points that take fractions to compute."""

from __future__ import annotations

from math import cos, pi, sin

from tlatrace.stdlib.community.folds import finite
from tlatrace.stdlib.module import operators
from tlatrace.values import EvaluationError, Value, apply, domain, field, integer, make_record, shown, type_name


def text_of_element(element: Value) -> str:
    """``SVGElemToString(element)``: quotes are single, as TLA+ would escape double ones."""
    parts: list[str] = []
    left: list[Value | _End] = [element]
    while left:
        one = left.pop()
        if isinstance(one, _End):
            parts.append(one)
            continue
        name = _string(field(one, "name"), "the name of an element")
        parts.append(f"<{name}{_attributes(field(one, 'attrs'))}>")
        text = _string(field(one, "innerText"), "the innerText of an element")
        parts.append(text.replace("<<", "&lt;&lt;").replace(">>", "&gt;&gt;"))
        children = field(one, "children")
        left.append(_End(f"</{name}>"))
        left.extend(reversed([apply(children, key) for key in finite(domain(children), "SVGElemToString")]))
    return "".join(parts)


class _End(str):
    """The tag that closes an element, among elements that are yet to be written."""

    __slots__ = ()


def node_of_ring_network(cx: Value, cy: Value, r: Value, n: Value, m: Value) -> Value:
    """``NodeOfRingNetwork(cx, cy, r, n, m)``, each coordinate cut towards zero."""
    what = "an argument of NodeOfRingNetwork"
    x, y, radius, index, count = (integer(value, what) for value in (cx, cy, r, n, m))
    if count == 0:
        raise EvaluationError("NodeOfRingNetwork: a ring has at least one node")
    angle = 2.0 * pi / count * index
    return make_record({"x": int(x + radius * cos(angle)), "y": int(y + radius * sin(angle))})


def point_on_line(start: Value, end: Value, segment: Value) -> Value:
    """``PointOnLine(start, end, segment)``, each coordinate cut towards zero."""
    parts = integer(segment, "the third argument of PointOnLine")
    if parts == 0:
        raise EvaluationError("PointOnLine: the third argument is a divisor, and must not be 0")
    point: dict[str, Value] = {}
    for name in ("x", "y"):
        one = integer(field(start, name), f"the field {name} of a point")
        other = integer(field(end, name), f"the field {name} of a point")
        point[name] = int(one + (other - one) / parts)
    return make_record(point)


def layout_of_graph(nodes: Value, edges: Value, options: Value) -> Value:
    """``NodesOfDirectedMultiGraph(nodes, edges, options)``: no layouts are computed here."""
    raise EvaluationError(
        "SVG!NodesOfDirectedMultiGraph computes a layout for a picture, which is not done here",
        hint="NodeOfRingNetwork places nodes on a circle",
    )


def _attributes(attributes: Value) -> str:
    names = [_string(key, "the name of an attribute") for key in finite(domain(attributes), "SVGElemToString")]
    texts = [_string(apply(attributes, name), f"the attribute {name}") for name in names]
    return "".join(f" {name.replace('_', '-')}='{text}'" for name, text in zip(names, texts, strict=True))


def _string(value: Value, what: str) -> str:
    if type(value) is str:
        return value
    raise EvaluationError(f"{what} must be a string, but is the {type_name(value)} {shown(value)}")


OPERATORS = operators(
    {
        "SVGElemToString": (1, text_of_element),
        "NodeOfRingNetwork": (5, node_of_ring_network),
        "PointOnLine": (3, point_on_line),
        "NodesOfDirectedMultiGraph": (3, layout_of_graph),
    }
)
