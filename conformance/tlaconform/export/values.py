"""Values as TLA+ text that stock TLC reads.

Model values are constants of the module, each given itself by the configuration: a name in a module cannot be a model
value in any other way. What TLC cannot hold is an error that names its place.
"""

from __future__ import annotations

from tlaconform.tlc_judge.literals import LiteralError, Literals, is_field_name, spell
from tlaconform.tlc_judge.wording import Wording
from tlatrace.errors import TlatraceError
from tlatrace.values import AnySet, FunctionValue, InfiniteSet, IntervalSet, ModelValue, SequenceValue, Value, to_text

_EMPTY_FUNCTION = "<< >>"


class ValueTexts:
    """Writes values for one module."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._literals = Literals()
        self.model_values: dict[str, str] = {}
        """The constants that stand for model values, by the names of the values."""

    def text(self, value: Value, path: str) -> str:
        """``value`` as an expression that needs no parentheses around it.

        Raises:
            LiteralError: TLC has no such value; the message names the place below ``path``.
        """
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int):
            return self._literals.value(value, path)
        if isinstance(value, str):
            return self._literals.string(value, path)
        if isinstance(value, ModelValue):
            return self.model_value(value.name)
        if isinstance(value, SequenceValue):
            return _listed("<<", [self.text(item, f"{path}[{at}]") for at, item in enumerate(value, 1)], ">>")
        if isinstance(value, FunctionValue):
            return self._function(value, path)
        if isinstance(value, IntervalSet | InfiniteSet):
            return f"({to_text(value)})"
        if isinstance(value, AnySet):
            return self._set(value, path)
        return self.text(value.table(), path)  # a function that is given by a rule

    def model_value(self, name: str) -> str:
        """The constant that stands for a model value."""
        if name not in self.model_values:
            self.model_values[name] = self._wording.fresh(f"ModelValue_{name}")
        return self.model_values[name]

    def _set(self, value: AnySet, path: str) -> str:
        try:
            items = [self.text(item, path) for item in value]
        except LiteralError:
            raise
        except TlatraceError as error:
            raise LiteralError(f"{path}: this set cannot be written element by element ({error.message})") from None
        return _listed("{", items, "}")

    def _function(self, value: FunctionValue, path: str) -> str:
        pairs = list(value.items())
        if not pairs:
            return _EMPTY_FUNCTION
        if all(isinstance(key, str) and is_field_name(key) for key, _ in pairs):
            fields = [f"{key} |-> {self.text(item, f'{path}.{key}')}" for key, item in pairs]
            return _listed("[", fields, "]")
        points = [
            f"{self.text(key, path)} :> {self.text(item, f'{path}[{spell(to_text(key))}]')}" for key, item in pairs
        ]
        return f"({' @@ '.join(points)})"


def _listed(opening: str, items: list[str], closing: str) -> str:
    return f"{opening}{', '.join(items) or ' '}{closing}"
