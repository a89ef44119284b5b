"""Mappings: how the events of a trace speak of a specification, written in YAML."""

from tlaconform.mapping.compile import CompiledMapping, compile_mapping
from tlaconform.mapping.constants import constants_of
from tlaconform.mapping.model import TraceMapping, read_mapping

__all__ = ["CompiledMapping", "TraceMapping", "compile_mapping", "constants_of", "read_mapping"]
