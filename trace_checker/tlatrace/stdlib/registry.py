"""Python for a user's own operators.

A file of overrides is Python that registers functions::

    from tlatrace.stdlib import override

    @override("Digest", "Checksum")
    def checksum(items):
        return sum(items) % 65521

From then on ``Checksum``, as the module ``Digest`` defines it, is this function, in every specification that is loaded.
The TLA+ definition stays in the module: it says what the operator means, and how many arguments it takes.

A function gets one argument for each parameter of the definition: ``bool``, ``int``, ``str``, or a value of
:mod:`tlatrace.values` (a sequence or a function, a set, a model value), all of them immutable. A parameter that is an
operator (``Op(_, _)``) arrives as a Python callable of values. With ``lazy=True`` each argument arrives as a callable
without parameters, to be called when its value is needed. The result is such a value, or a ``list`` or ``tuple`` (a
sequence), a ``set`` or ``frozenset``, or a ``dict`` (a function; a record where the keys are strings) of such. It must
depend on nothing but the arguments. An exception becomes an evaluation error that names the operator and the line of
Python.
"""

from __future__ import annotations

import functools
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

from tlatrace.errors import TlatraceError
from tlatrace.location import Location
from tlatrace.stdlib.module import Operator
from tlatrace.syntax.operators import SYMBOL_OF_SPELLING
from tlatrace.values import EvaluationError, Value, kind_of, make_function, make_sequence, make_set

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


class OverrideError(TlatraceError):
    """A file of overrides cannot be used: it is not there, it fails, or what it registers is no function."""


_registered: dict[str, dict[str, Operator]] = {}
_file_numbers = count(1)
_PREFIX: Final = "tlatrace_overrides_"


def override(module: str, operator: str, *, lazy: bool = False) -> Callable[[AnyFunction], AnyFunction]:
    """Make the decorated function the operator ``operator`` that ``module`` defines; the docstring of this module says
    what it gets and returns. The last registration counts.

    >>> @override("Numbers", "Double")
    ... def double(n):
    ...     return 2 * n
    >>> registered("Numbers")["Double"].arity
    1
    >>> forget("Numbers", "Double")
    """

    def register(function: AnyFunction) -> AnyFunction:
        name = SYMBOL_OF_SPELLING.get(operator, operator)
        place = _place_of(function)
        _registered.setdefault(module, {})[name] = Operator(
            name=name,
            arity=_arity(function, f"{module}!{operator}", place),
            function=_guarded(function, f"{module}!{operator}", str(place)),
            lazy=lazy,
            place=str(place),
        )
        return function

    return register


def forget(module: str, operator: str) -> None:
    """Take back a registration, if there is one."""
    _registered.get(module, {}).pop(SYMBOL_OF_SPELLING.get(operator, operator), None)


def registered(module: str) -> Mapping[str, Operator]:
    """What users have registered for a module, by operator."""
    return _registered.get(module, {})


def load_overrides(path: Path | str) -> None:
    """Run a file of overrides. An :class:`OverrideError` says what is wrong with it, and in which line."""
    path = Path(path)
    if not path.is_file():
        raise OverrideError(f"no such file of overrides: {path}")
    name = f"{_PREFIX}{next(_file_numbers)}_{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise OverrideError(f"{path} is not a Python file: the name of a file of overrides ends in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except OverrideError:
        raise
    except SyntaxError as error:
        location = Location(str(path), error.lineno or 0, error.offset or 0, error.lineno or 0, error.offset or 0)
        raise OverrideError(f"the file of overrides is not Python: {error.msg}", location=location) from error
    except (Exception, SystemExit) as error:
        # Python that ends the process would end the check with the status of a success.
        message = f"the file of overrides fails with {type(error).__name__}: {error}"
        place = _line_in(error, spec.origin or str(path)) or Location(str(path), 1, 1, 1, 1)
        raise OverrideError(message, location=place) from error


def to_value(result: object, what: str) -> Value:
    """What a user's function returned, as a value; ``what`` names it in the error."""
    if isinstance(result, (list, tuple)):
        return make_sequence([to_value(item, what) for item in result])
    if isinstance(result, (set, frozenset)):
        return make_set([to_value(item, what) for item in result])
    if isinstance(result, dict):
        return make_function([(to_value(key, what), to_value(item, what)) for key, item in result.items()])
    try:
        kind_of(result)  # type: ignore[arg-type]
    except EvaluationError:
        found = type(result).__name__
        message = f"{what} returned a Python {found}, which is no TLA+ value"
        raise EvaluationError(message, hint="return bool, int, str, list, set, dict, or a value it was given") from None
    return result  # type: ignore[return-value]


def _guarded(function: Callable[..., Any], name: str, place: str) -> Callable[..., Value]:
    @functools.wraps(function)
    def call(*arguments: Any) -> Value:
        try:
            result = function(*arguments)
        except EvaluationError:
            raise
        except RecursionError:
            raise EvaluationError(f"the Python of {name} ({place}) recurses too deeply") from None
        except (Exception, SystemExit) as error:
            file = place.rpartition(":")[0].rpartition(":")[0]
            where = _line_in(error, file)
            at = f"line {where.line} of {file}" if where is not None else place
            raise EvaluationError(f"the Python of {name}, {at}, raised {type(error).__name__}: {error}") from error
        return to_value(result, f"the Python of {name} ({place})")

    return call


def _arity(function: Callable[..., Any], name: str, place: Location) -> int:
    if not callable(function):
        raise OverrideError(f"what is registered for {name} is a {type(function).__name__}, and no function")
    arity = 0
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            arity += 1
        elif parameter.kind is parameter.VAR_POSITIONAL or parameter.default is parameter.empty:
            message = f"the Python of {name} has the parameter {parameter}; it needs one for each of the operator's"
            raise OverrideError(message, location=place)
    return arity


def _place_of(function: Callable[..., Any]) -> Location:
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    if code is None:
        return Location(f"<{type(function).__name__}>", 0, 0, 0, 0)
    return Location(code.co_filename, code.co_firstlineno, 1, code.co_firstlineno, 1)


def _line_in(error: BaseException, file: str) -> Location | None:
    """The innermost line of ``file`` on the way to the error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = lines[-1] if lines else None
    return None if line is None else Location(file, line, 1, line, 1)
