"""SANY and TLC as typed Python calls: finding the tools, running them, and reading what they found out.

    from tlacheck import Outcome, run_tlc
    result = run_tlc("spec/MCRaft.tla", "spec/MCRaft.cfg", time_limit_s=600)
    assert result.outcome is Outcome.SUCCESS, result.failures

`python -m tlacheck check spec/manifest.yaml` runs every model and mutation of a manifest (`tlacheck.manifest`).
"""

from tlacheck.errors import (
    ChecksumError,
    FailedPlace,
    ManifestError,
    ProcessError,
    StoppedError,
    TlacheckError,
    ToolchainError,
    ValueSyntaxError,
)
from tlacheck.manifest import Manifest, ModelEntry, MutationEntry, Replacement, Simulation, load_manifest
from tlacheck.process import StopSwitch
from tlacheck.results import (
    ActionCoverage,
    Counterexample,
    Failure,
    Location,
    Outcome,
    ParsedModule,
    ParseError,
    Progress,
    SanyResult,
    TlcError,
    TlcResult,
    TraceState,
)
from tlacheck.sany import run_sany
from tlacheck.suite import EntryResult, SuiteResult, run_suite
from tlacheck.tlc import run_tlc
from tlacheck.toolchain import Toolchain, ToolCheck, default_cache, describe_toolchain, find_toolchain
from tlacheck.values import ModelValue, TlcFunction, TlcSet, TlcValue, format_value, parse_value

__all__ = [
    "ActionCoverage",
    "ChecksumError",
    "Counterexample",
    "EntryResult",
    "FailedPlace",
    "Failure",
    "Location",
    "Manifest",
    "ManifestError",
    "ModelEntry",
    "ModelValue",
    "MutationEntry",
    "Outcome",
    "ParseError",
    "ParsedModule",
    "ProcessError",
    "Progress",
    "Replacement",
    "SanyResult",
    "Simulation",
    "StopSwitch",
    "StoppedError",
    "SuiteResult",
    "TlacheckError",
    "TlcError",
    "TlcFunction",
    "TlcResult",
    "TlcSet",
    "TlcValue",
    "ToolCheck",
    "Toolchain",
    "ToolchainError",
    "TraceState",
    "ValueSyntaxError",
    "default_cache",
    "describe_toolchain",
    "find_toolchain",
    "format_value",
    "load_manifest",
    "parse_value",
    "run_sany",
    "run_suite",
    "run_tlc",
]
