"""Mappings: how the events of a trace speak of a specification, written in YAML."""

from tlaconform.mapping.compile import CompiledMapping, compile_mapping
from tlaconform.mapping.constants import constants_of
from tlaconform.mapping.model import TraceMapping
from tlaconform.mapping.reading import read_mapping
from tlaconform.mapping.source import TraceSource, open_logs, reader_of

__all__ = [
    "CompiledMapping",
    "TraceMapping",
    "TraceSource",
    "compile_mapping",
    "constants_of",
    "open_logs",
    "read_mapping",
    "reader_of",
]
