"""Syntax trees back to TLA+: one line, canonical spellings, no more parentheses than are needed to read the same tree
again.

The law: ``parse_expression(print_expression(e), …) == e`` for every tree the parser can make. Printing is iterative
over the tree (each node's printer is a generator that yields the parts it wants printed), so depth costs no recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from tlatrace.syntax import ast
from tlatrace.syntax.operators import INFIX, POSTFIX, PREFIX, Operator

Printing: TypeAlias = Generator[ast.Node, str, str]
"""Yields nodes to be printed, is sent their texts, returns the whole."""

_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\t": r"\t", "\r": r"\r", "\f": r"\f"})

_SYMBOLS: Final = frozenset((*INFIX, *POSTFIX, *PREFIX))

_OPEN_ENDED: Final = (ast.Quantifier, ast.Choose, ast.If, ast.Case, ast.Let, ast.Label)
"""These reach as far to the right as they can; what follows one must not be drawn in."""


def print_expression(expr: ast.Expr) -> str:
    """The expression as TLA+ text, on one line."""
    return print_node(expr, PRINTERS)


def print_node(node: ast.Node, printers: Mapping[type[ast.Node], Callable[[Any], Printing]]) -> str:
    """A node as text, by a table of what prints which kind of node."""

    def printing(node: ast.Node) -> Printing:
        printer = printers.get(type(node))
        if printer is None:
            raise TypeError(f"{type(node).__name__} cannot be printed here")
        return printer(node)

    stack = [printing(node)]
    sent: str | None = None
    while True:
        try:
            wanted = stack[-1].send(sent) if sent is not None else next(stack[-1])
        except StopIteration as done:
            stack.pop()
            text: str = done.value
            if not stack:
                return text
            sent = text
        else:
            stack.append(printing(wanted))
            sent = None


# ------------------------------------------------------------------------------------------------ parentheses


def _operator_of(node: ast.Expr) -> Operator | None:
    """The operator at the top of what is printed as a run; None for what brackets or words hold together."""
    if isinstance(node, ast.Apply):
        if len(node.arguments) == 2:
            return INFIX.get(node.operator)
        if len(node.arguments) == 1:
            return PREFIX.get(node.operator) or POSTFIX.get(node.operator)
    if isinstance(node, ast.Times) and len(node.items) > 1:
        return INFIX["\\X"]
    if isinstance(node, ast.Junction) and len(node.items) > 1:
        return INFIX[node.operator]
    return None


def _is_closed(node: ast.Expr) -> bool:
    """Whether nothing written before or after the node's text can tear it apart."""
    is_bulleted = isinstance(node, ast.Junction) and len(node.items) == 1
    return not is_bulleted and not isinstance(node, _OPEN_ENDED) and _operator_of(node) is None


def _in_run(node: ast.Expr, operator: Operator) -> Printing:
    """An operand of ``operator``, in parentheses unless it holds together by itself or binds more tightly."""
    text = yield node
    if _is_closed(node):
        return text
    inner = _operator_of(node)
    if inner is None:
        return f"({text})"
    # Between two prefix operators nothing is compared; what follows them must then leave both alone.
    is_prefix_chain = operator.symbol in PREFIX and inner.symbol in PREFIX and inner.low >= operator.low
    return text if inner.binds_tighter_than(operator) or is_prefix_chain else f"({text})"


def _closed(node: ast.Expr) -> Printing:
    text = yield node
    return text if _is_closed(node) and not isinstance(node, ast.Number | ast.Decimal) else f"({text})"


def _guarded(node: ast.Expr, text: str) -> str:
    """An expression right after ``[`` or ``{``, where ``x \\in S`` would begin another construct."""
    return f"({text})" if " \\in " in text and text[0] != "(" and not _is_closed(node) else text


def _bracketed(nodes: Iterable[ast.Expr]) -> Printing:
    texts = []
    for node in nodes:
        texts.append(_guarded(node, (yield node)))
    return ", ".join(texts)


def joined(nodes: Iterable[ast.Node], separator: str = ", ") -> Printing:
    """The texts of some nodes with a separator between them."""
    texts = []
    for node in nodes:
        texts.append((yield node))
    return separator.join(texts)


# ------------------------------------------------------------------------------------------------ leaves and names


def _number(node: ast.Number) -> Printing:
    yield from ()
    return str(node.value)


def _decimal(node: ast.Decimal) -> Printing:
    yield from ()
    return node.text


def _string(node: ast.String) -> Printing:
    yield from ()
    return f'"{node.value.translate(_ESCAPES)}"'


def _name(node: ast.Name) -> Printing:
    yield from ()
    # A symbol right after a parenthesis would be read as one word with it: (+) is an operator.
    return f" {node.name} " if node.name in _SYMBOLS else node.name


def _at(node: ast.At) -> Printing:
    yield from ()
    return "@"


def _arguments(arguments: Sequence[ast.Expr]) -> Printing:
    return f"({(yield from joined(arguments))})"


def _apply(node: ast.Apply) -> Printing:
    operator = _operator_of(node)
    if operator is None:
        name = f"{node.operator} " if node.operator in _SYMBOLS else node.operator
        return name + (yield from _arguments(node.arguments))
    if len(node.arguments) == 2:
        left = yield from _in_run(node.arguments[0], operator)
        right = yield from _in_run(node.arguments[1], operator)
        return f"{left} {operator.symbol} {right}"
    if operator.symbol in POSTFIX:
        return (yield from _closed(node.arguments[0])) + operator.symbol
    symbol = "-" if operator.symbol == "-." else operator.symbol
    operand = yield from _in_run(node.arguments[0], operator)
    return f"{symbol} {operand}" if symbol.isalpha() or operand[:1] in "-+>|*=.~" else f"{symbol}{operand}"


def _selection(node: ast.Selection) -> Printing:
    return (yield from joined(node.steps, "!"))


def _path_step(node: ast.PathStep) -> Printing:
    name = f" {node.name} " if node.name in _SYMBOLS else node.name
    return name + ((yield from _arguments(node.arguments)) if node.arguments else "")


# ------------------------------------------------------------------------------------------------ operators


def _junction(node: ast.Junction) -> Printing:
    if len(node.items) == 1:
        return f"{node.operator} {(yield node.items[0])}"
    operator = INFIX[node.operator]
    texts = []
    for item in node.items:
        texts.append((yield from _in_run(item, operator)))
    return f" {node.operator} ".join(texts)


def _times(node: ast.Times) -> Printing:
    texts = []
    for item in node.items:
        texts.append((yield from _in_run(item, INFIX["\\X"])))
    return " \\X ".join(texts)


# ------------------------------------------------------------------------------------------------ binding and choice


def _bound_names(node: ast.Bound) -> str:
    names = ", ".join(node.names)
    return f"<<{names}>>" if node.is_tuple else names


def _bound(node: ast.Bound) -> Printing:
    names = _bound_names(node)
    return names if node.domain is None else f"{names} \\in {(yield node.domain)}"


def _quantifier(node: ast.Quantifier) -> Printing:
    bounds = yield from joined(node.bounds)
    return f"{node.kind} {bounds} : {(yield node.body)}"


def _choose(node: ast.Choose) -> Printing:
    bound = yield node.bound
    return f"CHOOSE {bound} : {(yield node.body)}"


def _if(node: ast.If) -> Printing:
    condition = yield node.condition
    then = yield node.then
    return f"IF {condition} THEN {then} ELSE {(yield node.otherwise)}"


def _case(node: ast.Case) -> Printing:
    arms = yield from joined(node.arms, " [] ")
    return f"CASE {arms}" if node.other is None else f"CASE {arms} [] OTHER -> {(yield node.other)}"


def _case_arm(node: ast.CaseArm) -> Printing:
    # A CASE inside an arm would take the arms that follow.
    condition = yield from _without_open_end(node.condition)
    return f"{condition} -> {(yield from _without_open_end(node.value))}"


def _without_open_end(node: ast.Expr) -> Printing:
    text = yield node
    is_bulleted = isinstance(node, ast.Junction) and len(node.items) == 1
    return f"({text})" if is_bulleted or isinstance(node, _OPEN_ENDED) else text


def _let(node: ast.Let) -> Printing:
    definitions = yield from joined(node.definitions, " ")
    return f"LET {definitions} IN {(yield node.body)}"


def _lambda(node: ast.Lambda) -> Printing:
    return f"LAMBDA {', '.join(node.parameters)} : {(yield node.body)}"


def _label(node: ast.Label) -> Printing:
    parameters = f"({', '.join(node.parameters)})" if node.parameters else ""
    return f"{node.name}{parameters} :: {(yield node.body)}"


# ------------------------------------------------------------------------------------------------ sets and functions


def _set_enumeration(node: ast.SetEnumeration) -> Printing:
    return f"{{{(yield from _bracketed(node.items))}}}"


def _set_filter(node: ast.SetFilter) -> Printing:
    bound = yield node.bound
    return f"{{{bound} : {(yield node.predicate)}}}"


def _set_map(node: ast.SetMap) -> Printing:
    element = yield from _bracketed((node.element,))
    if isinstance(node.element, ast.Apply) and node.element.operator == "\\in":
        element = f"({yield node.element})"
    return f"{{{element} : {(yield from joined(node.bounds))}}}"


def _function_constructor(node: ast.FunctionConstructor) -> Printing:
    bounds = yield from joined(node.bounds)
    return f"[{bounds} |-> {(yield node.body)}]"


def _function_set(node: ast.FunctionSet) -> Printing:
    # A CASE in the domain would take the arrow.
    domain = _guarded(node.domain, (yield from _without_open_end(node.domain)))
    return f"[{domain} -> {(yield node.codomain)}]"


def _field_items(items: Sequence[ast.FieldItem], sign: str) -> Printing:
    texts = []
    for item in items:
        texts.append(f"{item.name} {sign} {(yield item.value)}")
    return f"[{', '.join(texts)}]"


def _record(node: ast.Record) -> Printing:
    return (yield from _field_items(node.items, "|->"))


def _record_set(node: ast.RecordSet) -> Printing:
    return (yield from _field_items(node.items, ":"))


def _tuple(node: ast.Tuple) -> Printing:
    return f"<<{(yield from joined(node.items))}>>"


def _except(node: ast.Except) -> Printing:
    function = yield from _bracketed((node.function,))
    return f"[{function} EXCEPT {(yield from joined(node.updates))}]"


def _except_update(node: ast.ExceptUpdate) -> Printing:
    path = yield from joined(node.path, "")
    return f"!{path} = {(yield node.value)}"


def _except_index(node: ast.ExceptIndex) -> Printing:
    return f"[{(yield from _bracketed(node.arguments))}]"


def _except_field(node: ast.ExceptField) -> Printing:
    yield from ()
    return f".{node.name}"


def _function_apply(node: ast.FunctionApply) -> Printing:
    function = yield from _closed(node.function)
    return f"{function}[{(yield from _bracketed(node.arguments))}]"


def _field(node: ast.Field) -> Printing:
    return f"{(yield from _closed(node.record))}.{node.name}"


# ------------------------------------------------------------------------------------------------ actions


def _action_box(node: ast.ActionBox) -> Printing:
    action = yield from _bracketed((node.action,))
    opening, closing = ("[", "]_") if node.kind == "[]" else ("<<", ">>_")
    return f"{opening}{action}{closing}{(yield from _subscript(node.subscript))}"


def _fairness(node: ast.Fairness) -> Printing:
    subscript = yield from _subscript(node.subscript)
    return f"{node.kind}_{subscript}({(yield node.action)})"


def _subscript(node: ast.Expr) -> Printing:
    text = yield node
    is_plain = isinstance(node, ast.Tuple) or (isinstance(node, ast.Name) and text == node.name)
    return text if is_plain else f"({text})"


def _assume_prove(node: ast.AssumeProve) -> Printing:
    box = "[]" if node.is_boxed else ""
    assumptions = yield from joined(node.assumptions)
    return f"{box}ASSUME {assumptions} {box}PROVE {(yield node.goal)}"


def _new_symbol(node: ast.NewSymbol) -> Printing:
    declared = f"NEW {node.kind} {(yield node.parameter)}"
    return declared if node.domain is None else f"{declared} \\in {(yield node.domain)}"


# ------------------------------------------------------------------------------------------------ definitions of LET


def _parameter(node: ast.Parameter) -> Printing:
    yield from ()
    if node.name in INFIX:
        return f"_ {node.name} _"
    if node.name in PREFIX:
        return f"{node.name} _"
    if node.name in POSTFIX:
        return f"_ {node.name}"
    return f"{node.name}({', '.join('_' * node.arity)})" if node.arity else node.name


def _local(is_local: bool) -> str:
    return "LOCAL " if is_local else ""


def _operator_definition(node: ast.OperatorDefinition) -> Printing:
    parameters = [parameter.name for parameter in node.parameters]
    if node.name in INFIX and len(parameters) == 2:
        left = f"{parameters[0]} {node.name} {parameters[1]}"
    elif node.name in PREFIX:
        left = f"{node.name} {parameters[0]}"
    elif node.name in POSTFIX:
        left = f"{parameters[0]} {node.name}"
    else:
        left = node.name + (f"({(yield from joined(node.parameters))})" if parameters else "")
    return f"{_local(node.is_local)}{left} == {(yield node.body)}"


def _function_definition(node: ast.FunctionDefinition) -> Printing:
    bounds = yield from joined(node.bounds)
    return f"{_local(node.is_local)}{node.name}[{bounds}] == {(yield node.body)}"


def _instance(node: ast.Instance) -> Printing:
    parameters = f"({(yield from joined(node.parameters))})" if node.parameters else ""
    left = "" if node.name is None else f"{node.name}{parameters} == "
    with_ = f" WITH {(yield from joined(node.substitutions))}" if node.substitutions else ""
    return f"{_local(node.is_local)}{left}INSTANCE {node.module}{with_}"


def _substitution(node: ast.Substitution) -> Printing:
    return f"{node.name} <- {(yield node.value)}"


def _recursive(node: ast.Recursive) -> Printing:
    return f"RECURSIVE {(yield from joined(node.parameters))}"


PRINTERS: Final[dict[type[ast.Node], Callable[[Any], Printing]]] = {
    ast.Number: _number,
    ast.Decimal: _decimal,
    ast.String: _string,
    ast.Name: _name,
    ast.At: _at,
    ast.Apply: _apply,
    ast.Selection: _selection,
    ast.PathStep: _path_step,
    ast.Junction: _junction,
    ast.Times: _times,
    ast.Bound: _bound,
    ast.Quantifier: _quantifier,
    ast.Choose: _choose,
    ast.If: _if,
    ast.Case: _case,
    ast.CaseArm: _case_arm,
    ast.Let: _let,
    ast.Lambda: _lambda,
    ast.Label: _label,
    ast.SetEnumeration: _set_enumeration,
    ast.SetFilter: _set_filter,
    ast.SetMap: _set_map,
    ast.FunctionConstructor: _function_constructor,
    ast.FunctionSet: _function_set,
    ast.Record: _record,
    ast.RecordSet: _record_set,
    ast.Tuple: _tuple,
    ast.Except: _except,
    ast.ExceptUpdate: _except_update,
    ast.ExceptIndex: _except_index,
    ast.ExceptField: _except_field,
    ast.FunctionApply: _function_apply,
    ast.Field: _field,
    ast.ActionBox: _action_box,
    ast.Fairness: _fairness,
    ast.AssumeProve: _assume_prove,
    ast.NewSymbol: _new_symbol,
    ast.Parameter: _parameter,
    ast.OperatorDefinition: _operator_definition,
    ast.FunctionDefinition: _function_definition,
    ast.Instance: _instance,
    ast.Substitution: _substitution,
    ast.Recursive: _recursive,
}
