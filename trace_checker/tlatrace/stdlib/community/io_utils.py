"""IOUtils: files, the environment, and commands, which are refused unless the run allows them.

The files of IOSerialize are JSON with the tags of ITF, perhaps compressed by gzip; they are not those of TLC.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
from collections.abc import Mapping
from typing import Final

from tlatrace.stdlib.community.json_files import path_of
from tlatrace.stdlib.module import operators
from tlatrace.stdlib.tlc import current_run
from tlatrace.values import (
    EvaluationError,
    FunctionValue,
    SequenceValue,
    Value,
    boolean,
    elements,
    field,
    from_json,
    integer,
    make_record,
    sequence,
    shown,
    to_json,
    to_text,
)

COMMAND_SECONDS_MAX: Final = 600
"""A command that takes longer hangs, as far as a specification is concerned."""

_NUMBER = re.compile(r"[+-]?[0-9]+\Z")
_PLACE = re.compile(r"%(?:([0-9]+)\$)?s|%%")


def io_serialize(value: Value, file: Value, compress: Value) -> bool:
    """``IOSerialize(value, file, compress)``"""
    path = path_of(file, "IOSerialize")
    content = json.dumps(to_json(value)).encode()
    if boolean(compress, "the third argument of IOSerialize"):
        content = gzip.compress(content, mtime=0)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise EvaluationError(f"cannot write {path}: {error}") from None
    return True


def io_deserialize(file: Value, compressed: Value) -> Value:
    """``IODeserialize(file, compressed)``"""
    path = path_of(file, "IODeserialize")
    try:
        content = path.read_bytes()
        if boolean(compressed, "the second argument of IODeserialize"):
            content = gzip.decompress(content)
        return from_json(json.loads(content))
    except (OSError, EOFError, ValueError) as error:
        raise EvaluationError(f"cannot read {path}, which must be a file of IOSerialize: {error}") from None


def serialize(value: Value, file: Value, options: Value) -> Value:
    """``Serialize(value, file, options)``: a text."""
    path, charset = path_of(file, "Serialize"), _charset(options)
    chosen = _option(options, "openOptions")
    names = tuple(sequence(chosen, "openOptions")) if chosen is not None else ()
    text = value if type(value) is str else to_text(value)
    try:
        with path.open("a" if "APPEND" in names else "w", encoding=charset) as out:
            out.write(text)
    except (OSError, LookupError, UnicodeError) as error:
        return _result(1, "", str(error))
    return _result(0, "", "")


def deserialize(file: Value, options: Value) -> Value:
    """``Deserialize(file, options)``: the text is the result's ``stdout``."""
    path, charset = path_of(file, "Deserialize"), _charset(options)
    try:
        return _result(0, path.read_text(encoding=charset), "")
    except (OSError, LookupError, UnicodeError) as error:
        return _result(1, "", str(error))


def execute(command: Value) -> Value:
    """``IOExec(command)``"""
    return _run(_words(command, "IOExec"), {}, "IOExec")


def execute_with(environment: Value, command: Value) -> Value:
    """``IOEnvExec(environment, command)``"""
    return _run(_words(command, "IOEnvExec"), _variables(environment), "IOEnvExec")


def execute_template(template: Value, parameters: Value) -> Value:
    """``IOExecTemplate(template, parameters)``"""
    return _run(_filled(template, parameters, "IOExecTemplate"), {}, "IOExecTemplate")


def execute_template_with(environment: Value, template: Value, parameters: Value) -> Value:
    """``IOEnvExecTemplate(environment, template, parameters)``"""
    words = _filled(template, parameters, "IOEnvExecTemplate")
    return _run(words, _variables(environment), "IOEnvExecTemplate")


def environment_variables() -> Value:
    """``IOEnv``"""
    return make_record(dict(sorted(_environment().items())))


def to_number(text: Value) -> int:
    """``atoi(text)``"""
    if type(text) is not str or not _NUMBER.match(text):
        raise EvaluationError(f"the argument of atoi must be a string of digits, but is {shown(text)}")
    return int(text)


def zero_padded(number: Value, width: Value) -> str:
    """``zeroPadN(number, width)``"""
    digits = integer(number, "the first argument of zeroPadN")
    if digits < 0:
        raise EvaluationError(f"the first argument of zeroPadN must be a natural number, but is {digits}")
    return str(digits).zfill(integer(width, "the second argument of zeroPadN"))


def format_text(template: str, values: list[str]) -> str:
    """The template with values put in for ``%s`` and ``%1$s``, as java.util.Formatter does it."""
    following = iter(range(len(values)))

    def put(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        index = int(found[1]) - 1 if found[1] else next(following, len(values))
        if not 0 <= index < len(values):
            raise EvaluationError(f"the template {shown(template)} wants more than {len(values)} values")
        return values[index]

    return _PLACE.sub(put, template)


def unquoted(value: Value) -> str:
    """A value as text, a string without its quotes."""
    return value if type(value) is str else to_text(value)


def _run(words: list[str], further: Mapping[str, str], operator: str) -> Value:
    if not current_run().may_run_commands:
        message = f"{operator} would run the command {' '.join(words)}, which is not allowed"
        raise EvaluationError(message, hint="no command of conformance runs the commands of a specification")
    try:
        done = subprocess.run(
            words,
            env={**_environment(), **further},
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS_MAX,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise EvaluationError(f"{operator} cannot run {' '.join(words)}: {error}") from None
    return _result(done.returncode, done.stdout, done.stderr)


def _result(status: int, out: str, error: str) -> Value:
    return make_record({"exitValue": status, "stdout": out, "stderr": error})


def _environment() -> Mapping[str, str]:
    chosen = current_run().environment
    return os.environ if chosen is None else chosen


def _words(command: Value, operator: str) -> list[str]:
    return [unquoted(word) for word in sequence(command, f"the command of {operator}")]


def _filled(template: Value, parameters: Value, operator: str) -> list[str]:
    values = [unquoted(each) for each in sequence(parameters, f"the parameters of {operator}")]
    following = list(values)
    words = []
    for word in _words(template, operator):
        own = [place for place in _PLACE.finditer(word) if place[0] == "%s"]
        words.append(format_text(word, following if own else values))
        following = following[len(own) :]
    return words


def _variables(environment: Value) -> dict[str, str]:
    """Variables from a record, or from a set of pairs."""
    if isinstance(environment, FunctionValue):
        return {unquoted(key): unquoted(value) for key, value in environment.items()}
    pairs = [sequence(pair, "an environment variable") for pair in elements(environment)]
    return {unquoted(pair[0]): unquoted(pair[1]) for pair in pairs}


def _option(options: Value, name: str) -> Value | None:
    if isinstance(options, SequenceValue) or not isinstance(options, FunctionValue) or not options.has(name):
        return None
    return field(options, name)


def _charset(options: Value) -> str:
    wanted = _option(options, "format")
    if wanted is not None and wanted != "TXT":
        raise EvaluationError(f"files of the format {shown(wanted)} are not known; TXT is")
    charset = _option(options, "charset")
    return charset if type(charset) is str else "UTF-8"


OPERATORS = operators(
    {
        "IOSerialize": (3, io_serialize),
        "IODeserialize": (2, io_deserialize),
        "Serialize": (3, serialize),
        "Deserialize": (2, deserialize),
        "IOExec": (1, execute),
        "IOEnvExec": (2, execute_with),
        "IOExecTemplate": (2, execute_template),
        "IOEnvExecTemplate": (3, execute_template_with),
        "IOEnv": (0, environment_variables),
        "atoi": (1, to_number),
        "zeroPadN": (2, zero_padded),
    }
)
