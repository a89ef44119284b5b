"""What the Python of community modules does beyond their texts, and on inputs that the texts take too long for."""

from __future__ import annotations

from math import exp, factorial

import pytest

from tlatrace.semantics.elaboration import Elaborator
from tlatrace.semantics.library import Library
from tlatrace.stdlib.community import (
    bags_ext,
    bitwise,
    combinatorics,
    graph_viz,
    graphs,
    html,
    relation,
    statistics,
    svg,
    undirected_graphs,
    vector_clocks,
)
from tlatrace.syntax import parse_module
from tlatrace.values import (
    EMPTY_SEQUENCE,
    EvaluationError,
    Value,
    apply,
    field,
    function_over,
    make_function,
    make_record,
    make_sequence,
    make_set,
)

# The names that the published modules export, what they extend included.
EXPORTED = {
    "BagsExt": "BagAdd BagRemove BagRemoveAll MapThenFoldBag FoldBag SumBag ProductBag",
    "Bitwise": "& | ^^ shiftR And Or Xor",  # What was declared RECURSIVE stays visible, LOCAL or not.
    "Combinatorics": "factorial choose",
    "DyadicRationals": "IsDyadicRational Zero One Add Half PrettyPrint",
    "Graphs": "IsDirectedGraph DirectedSubgraph Transpose IsUndirectedGraph UndirectedSubgraph Path SimplePath "
    "AreConnectedIn ConnectionsIn IsStronglyConnected IsTreeWithRoot",
    "HTML": "StringFill StringSeqToString HTMLDocument HTMLClass HTMLAttribute HTMLDefaultStyle HTMLStyleSheet "
    "HTMLScriptFile HTMLScript HTMLLink HTMLHeader HTMLBody HTMLFrame HTMLGridContainer HTMLBox HTMLCircle HTMLText "
    "HTMLSVG HTMLSize HTMLNewLine HTMLFlexCenterAttributes HTMLJSLineElems HTMLJSLine HTMLJSLineDash "
    "HTMLJSKeyListener HTMLJSNavigationKey",
    "Relation": "IsReflexive IsIrreflexive IsSymmetric IsAsymmetric IsTransitive TransitiveClosure "
    "ReflexiveTransitiveClosure",
    "SVG": "SVGElem Line Circle Rect Text Image Group Svg SVGElemToString NodeOfRingNetwork NodesOfDirectedMultiGraph "
    "PointOnLine",
    "ShiViz": "Host Clock _TETrace _TEPosition",
    "Statistics": "ChiSquare",
    "UndirectedGraphs": "IsUndirectedGraph IsLoopFreeUndirectedGraph UndirectedSubgraph Path SimplePath "
    "AreConnectedIn ConnectedComponents IsStronglyConnected UndirectedGraphs",
    "VectorClocks": "IsCausalOrder CausalOrder",
    "CBOR": "ToCBOR FromCBOR CBORSerialize CBORDeserialize",
    "DifferentialEquations": "Integrate",
    "GraphViz": "DotDiGraph",
    "Quorum": "QuorumSystem",
}
EXTENDED = {
    "Combinatorics": ("Naturals",),
    "Relation": ("Naturals", "FiniteSets"),
    "Statistics": ("Naturals",),
    "VectorClocks": ("Naturals", "Sequences", "Functions"),
}


def names_of(*modules: str) -> set[str]:
    """What a module that extends these sees."""
    elaborator = Elaborator(Library((), environment={}), lambda parameter: None)
    extends = f"EXTENDS {', '.join(modules)}\n" if modules else ""
    scope = elaborator.build(parse_module(f"---- MODULE Uses ----\n{extends}====\n", "Uses.tla"))
    elaborator.stop_on_errors()
    return set(scope)


@pytest.mark.parametrize("module", sorted(EXPORTED))
def test_a_module_exports_what_the_published_one_does_and_no_more(module: str) -> None:
    assert names_of(module) == {*names_of(*EXTENDED.get(module, ())), *EXPORTED[module].split()}


def numbers(*items: int) -> Value:
    return make_sequence(items)


def graph(nodes: int, edges: list[tuple[int, int]], *, directed: bool) -> Value:
    ends = [make_sequence(edge) if directed else make_set(edge) for edge in edges]
    return make_record({"node": make_set(range(nodes)), "edge": make_set(ends)})


def test_long_chains_of_nodes() -> None:
    chain = graph(2_000, [(n, n + 1) for n in range(1_999)], directed=True)
    assert graphs.are_connected_in(0, 1_999, chain) is True
    assert graphs.are_connected_in(1_999, 0, chain) is False
    assert graphs.is_strongly_connected(chain) is False
    ring = graph(2_000, [(n, (n + 1) % 2_000) for n in range(2_000)], directed=True)
    assert graphs.is_strongly_connected(ring) is True
    loose = graph(2_000, [(n, n + 2) for n in range(1_998)], directed=False)
    assert undirected_graphs.connected_components(loose).cardinality() == 2
    assert undirected_graphs.are_connected_in(0, 1_999, loose) is False


def test_a_closure_of_many_elements() -> None:
    base = make_set(range(60))
    pairs = make_set([make_sequence((x, y)) for x in range(60) for y in range(60)])
    successor = function_over(pairs, lambda pair: pair[1] == pair[0] + 1)  # type: ignore[index,operator]
    closure = relation.transitive_closure(successor, base)
    assert apply(closure, numbers(0, 59)) is True
    assert apply(closure, numbers(5, 5)) is False


def test_numbers_beyond_32_bits() -> None:
    assert bitwise.bits_xor(2**40, 2**40 + 1) == 1
    assert bitwise.bits_and(-1, 255) == 255
    assert combinatorics.choose(100, 50) == 100_891_344_545_564_193_334_812_497_256
    assert bags_ext.sum_bag(make_function([(3, 10**6)])) == 3 * 10**6
    with pytest.raises(EvaluationError, match="natural numbers"):
        bitwise.shift_right(-1, 1)


def test_the_text_of_an_svg_element() -> None:
    circle = element("circle", {"cx": "1", "stroke_width": "2"})
    group = element("g", {}, [circle, element("text", {"x": "3"}, text="<<1, 2>>")])
    assert svg.text_of_element(group) == (
        "<g><circle cx='1' stroke-width='2'></circle><text x='3'>&lt;&lt;1, 2&gt;&gt;</text></g>"
    )
    deep = circle
    for _ in range(5_000):
        deep = element("g", {}, [deep])
    assert svg.text_of_element(deep).count("<g>") == 5_000
    with pytest.raises(EvaluationError, match="name of an element must be a string"):
        svg.text_of_element(make_record({"name": 1, "attrs": EMPTY_SEQUENCE}))


def element(name: str, attributes: dict[str, Value], children: list[Value] | None = None, text: str = "") -> Value:
    return make_record(
        {
            "name": name,
            "attrs": make_record(attributes),
            "children": make_sequence(children or []),
            "innerText": text,
        }
    )


def test_points_are_cut_towards_zero() -> None:
    def place(n: int) -> tuple[Value, Value]:
        point = svg.node_of_ring_network(10, 10, 5, n, 4)
        return field(point, "x"), field(point, "y")

    assert [place(n) for n in range(4)] == [(15, 10), (10, 15), (5, 10), (9, 5)]
    line = svg.point_on_line(make_record({"x": 0, "y": 0}), make_record({"x": -7, "y": 7}), 2)
    assert line == make_record({"x": -3, "y": 3})
    for refused in (lambda: svg.node_of_ring_network(1, 1, 1, 1, 0), lambda: svg.layout_of_graph(1, 2, 3)):
        with pytest.raises(EvaluationError):
            refused()


@pytest.mark.parametrize(("freedom", "critical"), [(1, 3.841459), (2, 5.991465), (5, 11.070498), (30, 43.772972)])
def test_critical_values_of_the_chi_squared_distribution(freedom: int, critical: float) -> None:
    assert statistics.tail_of_gamma(freedom / 2, critical / 2) == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize("a", [1, 5, 15])
@pytest.mark.parametrize("x", [0.0, 0.5, 5.0, 15.5, 30.0])
def test_the_tail_of_the_gamma_distribution_is_a_sum_for_whole_numbers(a: int, x: float) -> None:
    expected = sum(exp(-x) * x**k / factorial(k) for k in range(a))
    assert statistics.tail_of_gamma(a, x) == pytest.approx(expected, rel=1e-9)


def test_frequencies_that_agree_and_that_do_not() -> None:
    fair = numbers(100, 100, 100, 100, 100, 100)
    assert statistics.chi_square(fair, numbers(95, 102, 108, 99, 101, 95), "0.05") is True
    assert statistics.chi_square(fair, numbers(150, 90, 90, 90, 90, 90), "0.05") is False
    assert statistics.chi_square(numbers(1, 1), numbers(60, 40), "0.05") is False
    assert statistics.chi_square(numbers(1, 1), numbers(60, 40), "0.01") is True
    for wrong in (
        (fair, numbers(1, 2), "0.05"),
        (numbers(0, 1), numbers(1, 1), "0.05"),
        (numbers(1, 1), numbers(1, 1), "2"),
        (numbers(1, 1), numbers(1, 1), 5),
        (numbers(1, 1), numbers(0, 0), "0.05"),
    ):
        with pytest.raises(EvaluationError):
            statistics.chi_square(*wrong)


def test_strings_are_filled_in_one_after_the_other() -> None:
    pairs = make_sequence([make_sequence(("%a%", "1 %b%")), make_sequence(("%b%", "2"))])
    assert html.string_fill("%a% %b% %a%", pairs) == "1 2 %b% %a%"
    with pytest.raises(EvaluationError, match="must be a string"):
        html.string_fill(3, pairs)


def clock_of(entry: Value) -> Value:
    return field(entry, "clock")


def node_of(entry: Value) -> Value:
    return field(entry, "node")


def domain_of(clock: Value) -> Value:
    return make_set(("a", "b"))


def entry(node: str, a: int, b: int) -> Value:
    return make_record({"node": node, "clock": make_record({"a": a, "b": b})})


def test_a_long_log_in_causal_order() -> None:
    # The nodes answer each other: each entry knows of all before it.
    log = [entry("ab"[n % 2], (n + 2) // 2, (n + 1) // 2) for n in range(1_000)]
    shuffled = make_sequence(log[::-1])
    assert vector_clocks.causal_order(shuffled, clock_of, node_of, domain_of) == make_sequence(log)


def test_a_log_that_lacks_an_entry_has_no_causal_order() -> None:
    log = make_sequence([entry("a", 1, 0), entry("b", 2, 1)])
    with pytest.raises(EvaluationError, match="lacks an entry"):
        vector_clocks.causal_order(log, clock_of, node_of, domain_of)


def test_what_is_not_evaluated_says_so() -> None:
    with pytest.raises(EvaluationError, match="GraphViz!DotDiGraph"):
        graph_viz.dot_text(1, clock_of, clock_of)
