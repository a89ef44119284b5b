"""From syntax trees to values and steps: two evaluators of one contract, and why an action is not possible."""

from tlatrace.compile.api import UNBOUND, Action, Argument, Evaluate, Evaluator, State
from tlatrace.compile.code_cache import CodeCache
from tlatrace.compile.compiler import CompiledSpec, compile_spec
from tlatrace.compile.deep_stack import run_with_deep_stack
from tlatrace.compile.errors import Chain, ExpressionError
from tlatrace.compile.incremental import incremental
from tlatrace.compile.interpreter import Interpreter
from tlatrace.compile.whynot import Obstacle, why_not

__all__ = [
    "UNBOUND",
    "Action",
    "Argument",
    "Chain",
    "CodeCache",
    "CompiledSpec",
    "Evaluate",
    "Evaluator",
    "ExpressionError",
    "Interpreter",
    "Obstacle",
    "State",
    "compile_spec",
    "incremental",
    "run_with_deep_stack",
    "why_not",
]
