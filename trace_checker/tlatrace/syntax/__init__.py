"""The syntax of TLA+: texts to syntax trees and back, and TLC's configuration files."""

from tlatrace.syntax.config import Config, ConstantAssignment, ConstantSubstitution, parse_config
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.parser import parse_expression, parse_module, source_text
from tlatrace.syntax.printer import print_expression

__all__ = [
    "Config",
    "ConstantAssignment",
    "ConstantSubstitution",
    "ParseError",
    "parse_config",
    "parse_expression",
    "parse_module",
    "print_expression",
    "source_text",
]
