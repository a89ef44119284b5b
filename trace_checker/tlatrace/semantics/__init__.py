"""The meaning of names: modules, scopes, levels, constants, the actions that Next is made of."""

from tlatrace.semantics.accept import check_module
from tlatrace.semantics.checking import check_expression
from tlatrace.semantics.decomposition import decompose_next
from tlatrace.semantics.errors import SemanticError, SemanticErrors, did_you_mean
from tlatrace.semantics.loader import load_spec, read_config
from tlatrace.semantics.outline import Outline, outline
from tlatrace.semantics.properties import SpecificationParts, property_parts, specification_parts
from tlatrace.semantics.spec import (
    ActionInstance,
    Binder,
    BuiltinOperator,
    ConstantSymbol,
    Definition,
    NamedFormula,
    PropertyParts,
    Scope,
    Spec,
    StepFormula,
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
    "Outline",
    "PropertyParts",
    "Scope",
    "SemanticError",
    "SemanticErrors",
    "Spec",
    "SpecificationParts",
    "StepFormula",
    "Symbol",
    "VariableSymbol",
    "check_expression",
    "check_module",
    "decompose_next",
    "did_you_mean",
    "load_spec",
    "outline",
    "property_parts",
    "read_config",
    "specification_parts",
]
