"""The syntax of TLA+: texts to syntax trees and back, and TLC's configuration files."""

from tlatrace.syntax.config import Config, ConstantAssignment, ConstantSubstitution, parse_config
from tlatrace.syntax.errors import ParseError
from tlatrace.syntax.module_printer import print_module, print_unit
from tlatrace.syntax.parser import parse_expression, parse_module, source_text
from tlatrace.syntax.pluscal import TranslationWarning, check_translation
from tlatrace.syntax.printer import print_expression

__all__ = [
    "Config",
    "ConstantAssignment",
    "ConstantSubstitution",
    "ParseError",
    "TranslationWarning",
    "check_translation",
    "parse_config",
    "parse_expression",
    "parse_module",
    "print_expression",
    "print_module",
    "print_unit",
    "source_text",
]
