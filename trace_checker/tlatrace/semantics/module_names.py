"""Checks modules: EXTENDS, declarations, definitions, RECURSIVE, INSTANCE, LOCAL, nested modules, LET.

A :class:`ModuleChecker` reads the units of one module in their order, and those of the modules nested in it. Modules in
other files are checked once each, by a checker of their own; a :class:`CheckedModules` keeps what they found.

Which duplicates are mistakes is decided as SANY does: two definitions of one name that come over EXTENDS or INSTANCE
are none if both are definitions (the first one counts), while a name that is bound or defined here must be new.
"""

from __future__ import annotations

from typing import Final

from tlatrace.errors import TlatraceError
from tlatrace.semantics.entries import DECLARED, Entry, Kind, ModuleNames
from tlatrace.semantics.errors import SemanticError
from tlatrace.semantics.instance_names import InstanceChecker
from tlatrace.semantics.levels import ACTION, CONSTANT, LANGUAGE, STATE, TEMPORAL, Effect, standard_effect
from tlatrace.semantics.library import Library
from tlatrace.semantics.proof_names import ProofChecker
from tlatrace.stdlib import MODULES, Operator, StandardModule
from tlatrace.syntax import ParseError, ast
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING

_LANGUAGE_NAMES: Final = {
    name: Entry(name, Kind.BUILTIN, (0,) * len(effect.most), ast.NOWHERE, "TLA+", effect=effect)
    for name, effect in LANGUAGE.items()
}

_LETS_MAX: Final = 100
"""SANY's bound on LETs within LETs."""


class CheckedModules:
    """The modules of one run: each is found, parsed and checked once. ``errors`` has all that was wrong."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.errors: list[TlatraceError] = []
        self.next_place = 1
        self._checked: dict[str, ModuleNames] = {}
        self._open: list[str] = []

    def check(self, tree: ast.Module) -> ModuleNames:
        """The names of a module, which is checked first."""
        before = len(self.errors)
        self._open.append(tree.name)
        checker = ModuleChecker(self, tree.name)
        checker.start_places(self.next_place)
        names = checker.read_module(tree)
        self.next_place = max(self.next_place, checker.new_place())
        self._open.pop()
        names.has_errors = len(self.errors) > before
        self._checked[tree.name] = names
        return names

    def is_known(self, name: str) -> bool:
        """Whether the module was needed so far."""
        pending = list(self._checked) + self._open
        pending += [known for one in pending if one in MODULES for known in _all_extended(MODULES[one])]
        return name in pending

    def find(self, name: str, location: ast.Location) -> ModuleNames | None:
        """The module ``name`` in a file of its own or of the standard; None, and a report, where there is none."""
        if name in self._open:
            path = " -> ".join((*self._open[self._open.index(name) :], name))
            self.errors.append(SemanticError(f"modules need each other in a circle: {path}", location=location))
            return None
        if name not in self._checked:
            try:
                found = self.library.find(name, location)
            except (SemanticError, ParseError) as error:
                self.errors.append(error)
                self._checked[name] = ModuleNames(name, location, None, has_errors=True)
                return self._checked[name]
            if isinstance(found, StandardModule):
                self._checked[name] = _standard(found)
            else:
                self.check(found)
        return self._checked[name]


def _standard(module: StandardModule) -> ModuleNames:
    """What a standard module that is written in Python defines."""
    result = ModuleNames(module.name, ast.NOWHERE, None)
    for extended in module.extends:
        result.names.update(_standard(MODULES[extended]).names)
    for spelling, operator in module.operators.items():
        name = SYMBOL_OF_SPELLING.get(spelling, spelling)
        arities = _arities(operator)
        effect = standard_effect(module.name, name, arities)
        result.names[name] = Entry(name, Kind.OPERATOR, arities, ast.NOWHERE, module.name, effect=effect)
    return result


def _all_extended(module: StandardModule) -> list[str]:
    return [name for each in module.extends for name in (each, *_all_extended(MODULES[each]))]


def _arities(operator: Operator) -> tuple[int, ...]:
    return operator.operator_arguments or (0,) * operator.arity


class ModuleChecker(ProofChecker, InstanceChecker):
    """Checks one module and those nested in it."""

    def __init__(self, modules: CheckedModules, name: str) -> None:
        super().__init__(dict(_LANGUAGE_NAMES), modules.errors.append, name)
        self._modules = modules
        self._here = ModuleNames(name, ast.NOWHERE, None)
        self._nested: dict[str, ModuleNames] = {}
        self._undefined: list[dict[str, Entry]] = [{}]
        self._section: list[list[ast.OperatorDefinition | ast.FunctionDefinition]] = [[]]

    def start_places(self, place: int) -> None:
        """Places below ``place`` belong to the declarations of other modules."""
        self._next_place = place

    def read_module(self, tree: ast.Module) -> ModuleNames:
        """What ``tree`` defines; its units are checked one after the other."""
        here = ModuleNames(tree.name, tree.location, tree)
        self._here = here
        self.later = _definitions_of(tree)
        for extended in tree.extends:
            self._extend(extended)
        for unit in tree.units:
            self.unit(unit)
        self._end_of_section()
        here.is_constant = not any(_is_beyond_constants(entry) for entry in here.names.values())
        return here

    # ------------------------------------------------------------------------------------------------ other modules

    def find_module(self, name: str, location: ast.Location) -> ModuleNames | None:
        """The module ``name`` as it is seen here: nested ones come first."""
        if name in self._nested:
            return self._nested[name]
        found = self._modules.find(name, location)
        # The declarations of that module have places of their own.
        self._next_place = max(self._next_place, self._modules.next_place)
        return found

    def is_in_use(self, module: str) -> bool:
        return module in self._nested or self._modules.is_known(module)

    def _extend(self, extended: ast.Parameter) -> None:
        part = self.find_module(extended.name, extended.location)
        if part is None:
            self._is_lenient = True
            return
        self._is_lenient |= part.has_errors
        for name, entry in part.names.items():
            if entry.is_local:
                continue
            known = self._here.names.get(name) or _LANGUAGE_NAMES.get(name)
            if known is None:
                self._here.names[name] = entry
                self.names[name] = entry
            elif known is not entry and _family(known) != _family(entry):
                message = f"{name} is defined twice: as {known.describe()}, and as {entry.describe()}"
                self.error(message, extended.location)
        for name, nested in part.modules.items():
            self._here.modules.setdefault(name, nested)
            self._nested.setdefault(name, nested)
        self._ask_all(part.limits, part.needs, part.hands)

    def _ask_all(
        self, limits: tuple[int, int, int], needs: dict[tuple[int, int], int], hands: set[tuple[int, int, int]]
    ) -> None:
        """What a definition asks of the module's constants and variables, the module asks of them."""
        here = self._here
        here.limits = (here.limits[0] | limits[0], here.limits[1] | limits[1], here.limits[2] | limits[2])
        for key, need in needs.items():
            here.needs[key] = max(need, here.needs.get(key, CONSTANT))
        here.hands |= hands

    def ask(self, effect: Effect) -> None:
        """As :meth:`_ask_all`, at the top of the module only: elsewhere the definition around it asks."""
        if self.depth == 0:
            needs = {key: need for key, need in effect.needs.items() if key[0] > 0}
            hands = {hand for hand in effect.hands if hand[0] > 0 and hand[2] > 0}
            self._ask_all(effect.limits, needs, hands)

    # ------------------------------------------------------------------------------------------------ units

    def unit(self, unit: ast.Unit) -> None:
        """One unit of the module."""
        self._check_section(unit)
        match unit:
            case ast.OperatorDefinition() | ast.FunctionDefinition():
                self.define(unit)
            case ast.Constants():
                for parameter in unit.parameters:
                    self._declare(parameter, Kind.CONSTANT, CONSTANT)
            case ast.Variables():
                for parameter in unit.names:
                    self._declare(parameter, Kind.VARIABLE, STATE)
            case ast.Recursive():
                self.declare_recursive(unit)
            case ast.Instance():
                self.instance(unit)
            case ast.Assume():
                self._assume(unit)
            case ast.Module():
                self._nest(unit)
            case ast.Theorem():
                self.theorem(unit)
            case ast.UseOrHide():
                self.use_or_hide(unit)
            case _:
                raise AssertionError(f"a unit of the unknown kind {type(unit).__name__}")

    def _check_section(self, unit: ast.Unit) -> None:
        waiting = self._undefined[-1]
        if waiting and not isinstance(unit, _ALLOWED_IN_RECURSION):
            names = ", ".join(sorted(waiting))
            what = _UNIT_WORDS.get(type(unit), "this")
            self.error(f"{what} may not stand between RECURSIVE and the definition of {names}", unit.location)

    def enter(self, entry: Entry) -> bool:
        """Give a name of the module its meaning, as one that others get unless it is LOCAL."""
        if not self.add(entry):
            return False
        if self.depth == 0:
            self._here.names[entry.name] = entry
        return True

    def _declare(self, parameter: ast.Parameter, kind: Kind, level: int) -> None:
        known = self.names.get(parameter.name)
        arities = (0,) * parameter.arity
        if known is not None and known.kind is kind and known.arities == arities:
            return  # A second declaration of the same is no mistake for SANY.
        place = self.new_place()
        self.enter(Entry(parameter.name, kind, arities, parameter.location, self.module, level=level, place=place))

    def _assume(self, unit: ast.Assume) -> None:
        with self.definition(allows_labels=unit.name is not None):
            effect = self.effect(list, lambda: self.level(unit.body))
        if effect.level > CONSTANT:
            self.error("an assumption may not speak of variables", unit.location)
        self.ask(effect)
        if unit.name is not None:
            self._fact(unit.name, unit.location, effect, unit.body)

    def _fact(self, name: str, location: ast.Location, effect: Effect, body: ast.Expr) -> None:
        known = self.names.get(name)
        if known is not None and known.kind is Kind.FACT and not known.arities:
            return
        self.enter(Entry(name, Kind.FACT, (), location, self.module, effect=effect, body=body))

    def theorem(self, unit: ast.Theorem) -> None:
        """A theorem, its name, and its proof."""
        with self.definition(allows_labels=unit.name is not None):
            effect = self.effect(list, lambda: self.statement(unit.body))
        self.ask(effect)
        if unit.name is not None:
            self._fact(unit.name, unit.location, effect, unit.body)
        if unit.proof is not None:
            with self.scope():
                self.depth += 1
                self.goal(unit.body)
                if unit.name is not None:
                    self.being_proved = {self.names[unit.name]}
                self.proof(unit.proof, is_temporal=effect.level == TEMPORAL)
                self.being_proved = set()
                self.depth -= 1

    def _nest(self, tree: ast.Module) -> None:
        if tree.name in self._nested:
            self.error(f"the module {tree.name} is defined twice", tree.location)
            return
        outer, later, name, nested = self._here, self.later, self.module, dict(self._nested)
        mark = self.mark()
        visible = dict(self.names)
        self.module = tree.name
        inner = self.module_within(tree)
        self.forget(mark)
        self.names.clear()
        self.names.update(visible)
        self._here, self.later, self.module, self._nested = outer, later, name, nested
        self._nested[tree.name] = inner
        outer.modules[tree.name] = inner

    def module_within(self, tree: ast.Module) -> ModuleNames:
        """A nested module; what RECURSIVE waits for outside is not waited for inside."""
        self._undefined.append({})
        self._section.append([])
        inner = self.read_module(tree)
        self._section.pop()
        self._undefined.pop()
        return inner

    # ------------------------------------------------------------------------------------------------ definitions

    def define(self, unit: ast.OperatorDefinition | ast.FunctionDefinition) -> None:
        """An operator or function of the module, of LET, or of a proof."""
        parameters = unit.parameters if isinstance(unit, ast.OperatorDefinition) else ()
        arities = tuple(parameter.arity for parameter in parameters)
        known = self.names.get(unit.name)
        declared = known if known is not None and known.is_recursive and not known.is_defined else None
        if declared is not None:
            self._check_declaration(declared, unit, arities)
            if len(declared.arities) == len(arities):
                declared.arities = arities
        elif known is not None:
            self.error(f"{unit.name} is defined twice: it is already {known.describe()}", unit.location)
        elif any(parameter.name == unit.name for parameter in parameters):
            self.error(f"{unit.name} is defined twice: it is a parameter of itself", unit.location)
        waiting = self._undefined[-1]
        if waiting:
            self._section[-1].append(unit)
        effect = self._effect_of(unit)
        self.ask(effect)
        if declared is not None:
            if len(declared.arities) == len(arities):
                declared.effect, declared.body = effect, unit
            declared.is_defined = True
            declared.is_function = isinstance(unit, ast.FunctionDefinition)
            declared.parameters = tuple(parameter.name for parameter in parameters)
            waiting.pop(unit.name, None)
            if not waiting:
                self._settle()
            return
        if known is None:
            entry = Entry(unit.name, Kind.OPERATOR, arities, unit.location, self.module, effect=effect, body=unit)
            entry.is_local = unit.is_local
            entry.is_function = isinstance(unit, ast.FunctionDefinition)
            entry.parameters = tuple(parameter.name for parameter in parameters)
            entry.depth = self.depth
            self.enter(entry)

    def _effect_of(self, unit: ast.OperatorDefinition | ast.FunctionDefinition) -> Effect:
        if isinstance(unit, ast.OperatorDefinition):
            with self.definition():
                return self.effect(lambda: self.bind_parameters(unit.parameters), lambda: self.level(unit.body))
        return self.effect(list, lambda: self._function(unit))

    def _function(self, unit: ast.FunctionDefinition) -> int:
        what = "[x \\in S |-> e]"
        names = () if unit.name in self.names else (unit.name,)
        level = self.domains(unit.bounds, what)  # labels in these belong to the definition around it
        with self.definition():
            return self.below(unit.bounds, level, unit.body, what, TEMPORAL, also=names)

    def declare_recursive(self, unit: ast.Recursive) -> None:
        """RECURSIVE: the names may be used before they are defined."""
        for parameter in unit.parameters:
            count = parameter.arity
            # Nothing is known of it yet: it takes what is no temporal formula, and its level is that of its arguments.
            effect = Effect(CONSTANT, (ACTION,) * count, (True,) * count, (True,) * count)
            entry = Entry(parameter.name, Kind.OPERATOR, (0,) * count, parameter.location, self.module, effect=effect)
            entry.is_recursive, entry.is_defined, entry.depth = True, False, self.depth
            if self.enter(entry):
                self._undefined[-1][parameter.name] = entry

    def _check_declaration(
        self, declared: Entry, unit: ast.OperatorDefinition | ast.FunctionDefinition, arities: tuple[int, ...]
    ) -> None:
        if declared.depth != self.depth:
            message = f"{unit.name} was declared RECURSIVE outside of this LET, at {declared.location}"
            self.error(message, unit.location)
        elif len(declared.arities) != len(arities):
            message = (
                f"{unit.name} has {len(arities)} parameters, and was declared RECURSIVE with {len(declared.arities)} "
                f"at {declared.location}"
            )
            self.error(message, unit.location)
        elif arities and arities[-1]:
            # SANY looks at the last parameter only.
            message = f"{unit.name} was declared RECURSIVE, and takes an operator as its last argument"
            self.error(message, unit.location)

    def _settle(self) -> None:
        """The operators of a recursive section have one level, which shows when the last of them is known."""
        section, self._section[-1] = self._section[-1], []
        entries = [entry for unit in section if (entry := self.names.get(unit.name)) is not None and entry.body is unit]
        for _ in range(2):
            recursive = [entry for entry in entries if entry.is_recursive and entry.effect is not None]
            level = max((self.effect_of(entry).level for entry in recursive), default=CONSTANT)
            places = 0
            for entry in recursive:
                places |= self.effect_of(entry).places
            for entry in recursive:
                effect = self.effect_of(entry)
                effect.level, effect.places = level, places
                effect.all_places |= places
                _take_as_recursive(effect)
            for entry in entries:
                body = entry.body
                if isinstance(body, ast.OperatorDefinition | ast.FunctionDefinition):
                    with self.only_levels():
                        entry.effect = self._effect_of(body)
                    if entry.is_recursive:
                        _take_as_recursive(entry.effect)
                    self.ask(entry.effect)
        for entry in entries:
            self._check_recursive_primes(entry)

    def _check_recursive_primes(self, entry: Entry) -> None:
        effect = self.effect_of(entry)
        for position, most in enumerate(effect.most):
            if entry.is_recursive and most < 2:
                message = f"the argument {position + 1} of the recursive operator {entry.name} is primed in its body"
                self.complain(message, entry.location)

    def _end_of_section(self) -> None:
        for entry in self._undefined[-1].values():
            self.error(f"{entry.name} is declared RECURSIVE, and not defined", entry.location)
        self._undefined[-1].clear()
        self._section[-1] = []

    # ------------------------------------------------------------------------------------------------ LET

    def local_units(self, units: tuple[ast.Unit, ...]) -> None:
        """What LET, and DEFINE in a proof, define."""
        if self.depth > _LETS_MAX:
            self.error(f"more than {_LETS_MAX} LETs within each other", units[0].location)
        self._undefined.append({})
        self._section.append([])
        for unit in units:
            self._check_section(unit)
            match unit:
                case ast.OperatorDefinition() | ast.FunctionDefinition():
                    self.define(unit)
                case ast.Recursive():
                    self.declare_recursive(unit)
                case ast.Instance():
                    self.instance(unit)
                case _:
                    self.error("this cannot stand inside LET", unit.location)
        self._end_of_section()
        self._section.pop()
        self._undefined.pop()


_ALLOWED_IN_RECURSION: Final = (ast.OperatorDefinition, ast.FunctionDefinition, ast.Recursive, ast.Instance)

_UNIT_WORDS: Final[dict[type[ast.Unit], str]] = {
    ast.Constants: "CONSTANT",
    ast.Variables: "VARIABLE",
    ast.Assume: "ASSUME",
    ast.Theorem: "THEOREM",
    ast.Module: "a nested module",
    ast.UseOrHide: "USE or HIDE",
}


def _family(entry: Entry) -> str:
    """What SANY takes for the same sort of thing when two modules that are extended both have a name."""
    if entry.kind in DECLARED:
        return "declaration"
    return "fact" if entry.kind is Kind.FACT else "definition"


def _take_as_recursive(effect: Effect) -> None:
    """SANY does not look into a recursive operator for what its arguments are to it."""
    effect.most = tuple(min(level, ACTION) for level in effect.most)
    effect.weighs = (True,) * len(effect.weighs)


def _is_beyond_constants(entry: Entry) -> bool:
    if entry.kind is Kind.VARIABLE:
        return True
    return entry.kind is Kind.OPERATOR and entry.effect is not None and entry.effect.level > CONSTANT


def _definitions_of(module: ast.Module) -> dict[str, ast.Location]:
    return {
        unit.name: unit.location
        for unit in module.units
        if isinstance(unit, ast.OperatorDefinition | ast.FunctionDefinition)
    }
