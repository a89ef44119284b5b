"""The meaning of names: modules, scopes, levels, constants, the actions that Next is made of."""

from tlatrace.semantics.checking import check_expression
from tlatrace.semantics.decomposition import decompose_next, take_apart
from tlatrace.semantics.errors import SemanticError, SemanticErrors, did_you_mean
from tlatrace.semantics.loader import load_spec, read_config
from tlatrace.semantics.spec import (
    ActionInstance,
    Binder,
    BuiltinOperator,
    ConstantSymbol,
    Definition,
    NamedFormula,
    Scope,
    Spec,
    Symbol,
    VariableSymbol,
)

__all__ = [
    "ActionInstance",
    "Binder",
    "BuiltinOperator",
    "ConstantSymbol",
    "Definition",
    "NamedFormula",
    "Scope",
    "SemanticError",
    "SemanticErrors",
    "Spec",
    "Symbol",
    "VariableSymbol",
    "check_expression",
    "decompose_next",
    "did_you_mean",
    "load_spec",
    "read_config",
    "take_apart",
]
