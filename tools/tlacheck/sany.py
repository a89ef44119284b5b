"""Running SANY, the parser and semantic analyser of TLA+."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tlacheck.errors import ProcessError
from tlacheck.process import StopSwitch, run_process
from tlacheck.results import ParseError, SanyResult
from tlacheck.sany_output import parse_sany_output
from tlacheck.tlc import java_command
from tlacheck.toolchain import Toolchain, find_toolchain


def run_sany(
    spec: Path | str,
    *,
    library: Sequence[Path] = (),
    toolchain: Toolchain | None = None,
    time_limit_s: float | None = 120.0,
    stop: StopSwitch | None = None,
) -> SanyResult:
    """Parse and analyse a module and all that it extends.

    Modules are looked for beside `spec` and then in `library`. What is wrong with the spec is in the result; exceptions
    are for Java and the process (`ToolchainError`, `ProcessError`, `StoppedError`).
    """
    spec = Path(spec).absolute()
    if not spec.is_file():
        error = ParseError(file=spec, line=None, column=None, message="no such file")
        return SanyResult(ok=False, errors=(error,), warnings=(), modules=())
    toolchain = toolchain or find_toolchain()
    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="tlacheck-") as name:
        folder = Path(name)
        argv = [*java_command(toolchain, folder, library=(spec.parent, *library)), "tla2sany.SANY", str(spec)]
        end = run_process(argv, folder=folder, on_line=lines.append, time_limit_s=time_limit_s, stop=stop)
        if end.timed_out:
            raise ProcessError(f"SANY took more than {time_limit_s} s for {spec}")
        report = parse_sany_output("\n".join(lines), spec=spec)
    errors = report.errors
    if not errors and (end.exit_code != 0 or not report.modules):
        said = end.stderr_tail or (lines[-1] if lines else "nothing")
        raise ProcessError(f"SANY ended with status {end.exit_code} for {spec} and said: {said}")
    return SanyResult(ok=not errors, errors=errors, warnings=report.warnings, modules=report.modules)
