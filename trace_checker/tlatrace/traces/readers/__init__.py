"""Readers: the formats in which traces are recorded.

Each module says what its events look like to a mapping. What a format leaves out by rule is counted and told; whatever
else is wrong with a line is an error with its place.
"""

from tlatrace.traces.readers.format import Options, Reader
from tlatrace.traces.readers.registry import READERS, open_log, read_log, reader_named

__all__ = ["READERS", "Options", "Reader", "open_log", "read_log", "reader_named"]
