"""Names and operators with their arguments: is there such a thing, does it take these, and what is the level?

Operators that are handed to others are checked against all that the other does with them: how many arguments it gives
them, and of which level.
"""

from __future__ import annotations

from typing import Final

from tlatrace.semantics.entries import DECLARED, Entry, Kind
from tlatrace.semantics.errors import hint_for_unknown
from tlatrace.semantics.gathering import LEVEL_WORDS, Gatherer
from tlatrace.semantics.levels import ACTION, CONSTANT, TEMPORAL, Effect, bits
from tlatrace.syntax import ast

_CONNECTIVES: Final = frozenset(("=>", "<=>", "/\\", "\\/"))
_LOOKS_AT_LEVELS: Final = _CONNECTIVES | {"[]", "<>", "~>", "-+->"}
_UNKNOWN: Final = Effect()

_KEYWORDS_OF_STEPS: Final = frozenset(("SUFFICES", "CASE", "HAVE"))


class Applications(Gatherer):
    """The part of the checker that knows references and applications."""

    def selected(self, expression: ast.Selection, *, expects_operator: bool = False) -> Entry | None:
        """What the steps of a selection lead to; None, and a report, where they lead nowhere."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------------------------ references

    def _name(self, expression: ast.Name) -> int:
        entry = self.names.get(expression.name)
        if entry is not None and not entry.arities and entry.kind in DECLARED:
            self.places |= entry.place
            self.all_places |= entry.place
            return entry.level
        return self.reference(expression.name, (), expression.location)

    def _apply(self, expression: ast.Apply) -> int:
        operator = expression.operator
        level = self.reference(operator, expression.arguments, expression.location)
        if operator in _LOOKS_AT_LEVELS and len(self._operand_levels) == len(expression.arguments):
            if len(expression.arguments) == 1:
                self._check_always(operator, expression.arguments[0], self._operand_levels[0])
            else:
                self._check_mixture(operator, expression.arguments, self._operand_levels)
        return level

    def _check_always(self, operator: str, operand: ast.Expr, level: int) -> None:
        if level != ACTION or (isinstance(operand, ast.ActionBox) and operand.kind == operator):
            return
        if isinstance(operand, ast.Let | ast.Label):  # SANY does not look below these
            return
        form = "[A]_v" if operator == "[]" else "<<A>>_v"
        self.complain(f"{operator} is for state and temporal formulas; an action must be {form}", operand.location)

    def _check_mixture(self, operator: str, operands: tuple[ast.Expr, ...], levels: list[int]) -> None:
        """Actions do not stand beside temporal formulas."""
        if ACTION in levels and (operator not in _CONNECTIVES or TEMPORAL in levels):
            where = operands[levels.index(ACTION)].location
            self.complain(f"{operator} joins temporal formulas here; this is an action", where)

    def reference(self, name: str, arguments: tuple[ast.Expr, ...], location: ast.Location) -> int:
        """The level of the operator ``name`` applied to ``arguments``."""
        entry = self.names.get(name)
        if entry is None:
            self.unknown(name, location)
            return self._arguments_of_unknown(arguments)
        return self.application(entry, name, arguments, location)

    def _arguments_of_unknown(self, arguments: tuple[ast.Expr, ...]) -> int:
        for argument in arguments:
            if not isinstance(argument, ast.Lambda):
                self.level_alone(argument)
        return CONSTANT

    def application(self, entry: Entry, name: str, arguments: tuple[ast.Expr, ...], location: ast.Location) -> int:
        """The level of what ``entry`` stands for, applied to ``arguments``."""
        if not self._is_usable(entry, name, location):
            return self._arguments_of_unknown(arguments)
        if len(entry.arities) != len(arguments):
            self._wrong_count(name, len(entry.arities), len(arguments), location)
            return self._arguments_of_unknown(arguments)
        if entry.kind in DECLARED:
            return self._declared(entry, name, arguments)
        effect = self.effect_of(entry)
        if not arguments:
            self._free(effect)
            return effect.level
        return self._defined(entry, effect, name, arguments)

    def effect_of(self, entry: Entry) -> Effect:
        return entry.effect or _UNKNOWN

    def _is_usable(self, entry: Entry, name: str, location: ast.Location) -> bool:
        if entry.kind is Kind.INSTANCE:
            self.error(f"{name} is an instance; its definitions are {name}!…", location)
        elif entry.kind is Kind.STEP:
            self.error(f"{name} is a step that states nothing", location)
        elif entry.kind is Kind.FACT and not self._allows_statements and not _is_expression(entry):
            self.error(f"{name} is an ASSUME/PROVE or a step of another kind, and no expression", location)
        else:
            return True
        return False

    def _free(self, effect: Effect) -> None:
        """Gather what the body of an applied definition mentions."""
        self.places |= effect.places
        self.all_places |= effect.all_places
        self.non_leibniz_places |= effect.non_leibniz_places
        if effect.all_places:
            for level, places in enumerate(effect.limits):
                self.limits[level] |= places
        for (operator, k), need in effect.needs.items():
            if operator > 0:
                self._need(operator, k, need)
        for hand in effect.hands:
            if hand[0] > 0 and hand[2] > 0:
                self.hands.add(hand)

    def _need(self, operator: int, k: int, level: int) -> None:
        self.needs[operator, k] = max(level, self.needs.get((operator, k), CONSTANT))

    def _declared(self, entry: Entry, name: str, arguments: tuple[ast.Expr, ...]) -> int:
        level = entry.level
        gathered = self.places
        for k, argument in enumerate(arguments):
            self.places = 0
            found = self._value(argument, name, TEMPORAL)
            level = max(level, found)
            if entry.place:
                self._need(entry.place, k, found)
                self.hands.update((entry.place, k, place) for place in bits(self.places))
            gathered |= self.places
        self.places = gathered | entry.place
        self.all_places |= entry.place
        return level

    def _value(self, argument: ast.Expr, name: str, most: int, *, weighs: bool = True) -> int:
        if isinstance(argument, ast.Lambda):
            self.error(f"{name} expects a value here, not an operator", argument.location)
            self._operand_level = CONSTANT
            return CONSTANT
        what = "priming" if name == "'" else name
        return self.operand(argument, most, what, weighs=weighs)

    def _defined(self, entry: Entry, effect: Effect, name: str, arguments: tuple[ast.Expr, ...]) -> int:
        level = effect.level
        self._free(effect)
        is_simple = not effect.hands and not effect.needs and not any(entry.arities)
        if is_simple:
            found = []
            for argument, most, weighs, leibniz in zip(
                arguments, effect.most, effect.weighs, effect.is_leibniz, strict=True
            ):
                level = max(level, self._argument(argument, name, most, weighs, leibniz))
                found.append(self._operand_level)
            self._operand_levels = found
            return level
        return self._higher_order(entry, effect, name, arguments)

    def _argument(self, argument: ast.Expr, name: str, most: int, weighs: bool, leibniz: bool) -> int:
        if weighs == leibniz:
            return self._value(argument, name, most, weighs=weighs)
        saved_all, self.all_places = self.all_places, 0
        saved = self.places
        level = self._value(argument, name, most)
        if not leibniz:
            self.non_leibniz_places |= self.all_places
        self.all_places |= saved_all
        if not weighs:
            self.places = saved
            return CONSTANT
        return level

    def _higher_order(self, entry: Entry, effect: Effect, name: str, arguments: tuple[ast.Expr, ...]) -> int:
        """An application where operators are handed over, or the arguments matter to those handed over before."""
        level = effect.level
        levels: list[int] = []
        places: list[int] = []
        operators: dict[int, Entry] = {}
        gathered = self.places
        for i, (argument, arity) in enumerate(zip(arguments, entry.arities, strict=True)):
            self.places = 0
            if arity == 0:
                found = self._value(argument, name, effect.most[i])
            else:
                found, operator = self.operator_argument(argument, arity, name)
                if found > effect.most[i]:
                    self.level_error(name, found, effect.most[i], argument.location)
                if operator is not None:
                    operators[i] = operator
            levels.append(found)
            places.append(self.places)
            if effect.weighs[i]:
                level = max(level, found)
                gathered |= self.places
        self.places = gathered
        for (o, k), need in effect.needs.items():
            if o < 0 and -o - 1 in operators:
                self._demand(operators[-o - 1], k, need, name, arguments[-o - 1].location)
        for o, k, p in effect.hands:
            self._hand(o, k, p, operators, levels, places, name, arguments)
        return level

    def _demand(self, operator: Entry, k: int, need: int, name: str, location: ast.Location) -> None:
        """``operator`` must allow ``need`` as the level of its argument ``k``."""
        if operator.kind in DECLARED:
            if operator.place:
                self._need(operator.place, k, need)
            return
        effect = self.effect_of(operator)
        if k < len(effect.most) and effect.most[k] < need:
            allowed = ("constants", "state expressions", "actions")[effect.most[k]]
            self.complain(f"{name} applies {operator.name} to {LEVEL_WORDS[need]}, and it is for {allowed}", location)

    def _hand(
        self,
        o: int,
        k: int,
        p: int,
        operators: dict[int, Entry],
        levels: list[int],
        places: list[int],
        name: str,
        arguments: tuple[ast.Expr, ...],
    ) -> None:
        """Place ``p`` occurs within argument ``k`` of ``o``: what that means for the arguments here."""
        level, mentioned = (levels[-p - 1], places[-p - 1]) if p < 0 else (CONSTANT, p)
        if o > 0:
            if p < 0:
                self._need(o, k, level)
                self.hands.update((o, k, place) for place in bits(mentioned))
            return
        operator = operators.get(-o - 1)
        if operator is None:
            return
        self._demand(operator, k, level, name, arguments[-o - 1].location)
        if operator.kind in DECLARED:
            if operator.place:
                self.hands.update((operator.place, k, place) for place in bits(mentioned))
            return
        effect = self.effect_of(operator)
        if k < len(effect.most) and effect.most[k] < TEMPORAL:
            self.limits[effect.most[k]] |= mentioned

    def operator_argument(self, argument: ast.Expr, arity: int, name: str) -> tuple[int, Entry | None]:
        """The level of an argument that must be an operator of ``arity`` arguments, and what it is."""
        entry: Entry | None
        if isinstance(argument, ast.Lambda):
            entry = self._lambda_entry(argument)
        elif isinstance(argument, ast.Selection):
            entry = self.selected(argument, expects_operator=True)
            if entry is None:
                return CONSTANT, None
        elif isinstance(argument, ast.Name):
            entry = self.names.get(argument.name)
            if entry is None:
                self.unknown(argument.name, argument.location)
                return CONSTANT, None
            if not self._is_usable(entry, argument.name, argument.location):
                return CONSTANT, None
        else:
            self.level(argument)
            self.error(f"{name} expects an operator of {_count(arity)} here, not a value", argument.location)
            return CONSTANT, None
        if isinstance(argument, ast.Selection) and any(step.arguments for step in argument.steps):
            self.error(f"{name} expects an operator here: its name without arguments", argument.location)
            return CONSTANT, None
        found = len(entry.arities)
        if found != arity or any(entry.arities):
            what = "a value" if found == 0 else f"one of {_count(found)}"
            if found == arity:
                what = "one that takes an operator itself"
            self.error(f"{name} expects an operator of {_count(arity)} here, not {what}", argument.location)
            return CONSTANT, None
        if entry.kind in DECLARED:
            self.places |= entry.place
            self.all_places |= entry.place
            return entry.level, entry
        effect = self.effect_of(entry)
        self._free(effect)
        return effect.level, entry

    def _lambda_entry(self, expression: ast.Lambda) -> Entry:
        location = expression.location
        parameters = tuple(ast.Parameter(name, location=location) for name in expression.parameters)
        count = len(self._label_names)
        self._label_names.extend(expression.parameters)
        effect = self.effect(lambda: self.bind_parameters(parameters), lambda: self.level(expression.body))
        del self._label_names[count:]
        return Entry("LAMBDA", Kind.OPERATOR, (0,) * len(parameters), location, self.module, effect=effect)

    def _lambda(self, expression: ast.Lambda) -> int:
        self.error("LAMBDA stands only as an argument of an operator", expression.location)
        return CONSTANT

    # ------------------------------------------------------------------------------------------------ messages

    def unknown(self, name: str, location: ast.Location) -> None:
        if not self.tells_unknown_names:  # the nearest name takes long to find
            return
        if name in self.later:
            self.error(f"{name} is used before it is defined, at {self.later[name]}", location)
            return
        self.error(f"unknown name {name}", location, hint_for_unknown(name, self.names))

    def _wrong_count(self, name: str, expected: int, found: int, location: ast.Location) -> None:
        self.error(f"{name} takes {_count(expected)}, not {found}", location)


def _is_expression(fact: Entry) -> bool:
    if fact.is_no_formula:
        return False
    body = fact.body
    while isinstance(body, ast.Label):
        body = body.body
    if isinstance(body, ast.Apply) and body.operator in _KEYWORDS_OF_STEPS:
        return False
    return body is not None and not isinstance(body, ast.AssumeProve)


def _count(arguments: int) -> str:
    return "no argument" if arguments == 0 else f"{arguments} argument{'s' * (arguments > 1)}"
