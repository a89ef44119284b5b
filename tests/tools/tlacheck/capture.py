"""Writes `outputs/`: what TLC and SANY print for `specs/` and `sany/`, without what differs from run to run.

    .venv/bin/python tests/tools/tlacheck/capture.py

Run it with the TLC that the samples are of (2.18) and read the difference before you keep it. The samples of other
versions, `outputs/*-1.7.out` and `outputs/*-1.8.out`, are written by hand from what is known of those versions.
"""

import re
import subprocess
import tempfile
from pathlib import Path

from tlacheck import find_toolchain
from tlacheck.tlc import java_command

HERE = Path(__file__).parent
OPTIONS = {
    "success": ["-coverage", "1"],
    "lasso": ["-coverage", "1"],
    "simulation": ["-simulate", "num=50", "-depth", "10", "-seed", "7"],
    "simulation_failure": ["-simulate", "num=50", "-depth", "10", "-seed", "7"],
    "depth_first": ["-dfid", "10"],
}
CONFIGS = {"simulation": "success", "simulation_failure": "invariant", "depth_first": "success"}


def run(main_class: str, *arguments: str) -> str:
    toolchain = find_toolchain()
    with tempfile.TemporaryDirectory() as folder:
        metadir = ["-metadir", folder] if main_class == "tlc2.TLC" else []
        command = [
            *java_command(toolchain, Path(folder), library=[Path(arguments[-1]).parent]),
            main_class,
            *metadir,
            *arguments,
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
        return normalised(done.stdout, folder)


def normalised(text: str, folder: str) -> str:
    text = text.replace(folder, "/run").replace(str(HERE), "")
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2026-01-01 00:00:00", text)
    text = re.sub(r"Finished in \w+", "Finished in 500ms", text)
    text = re.sub(r"\(([\d,]+) (d?s/min)\)", r"(1,000 \2)", text)
    text = re.sub(r"fp \d+ and seed -?\d+", "fp 1 and seed 1", text)
    return re.sub(
        r"on \d+ cores with \d+MB heap and \d+MB offheap memory \[pid: \d+\] \([^)]*\)", "on 2 cores (...)", text
    )


def main() -> None:
    specs = HERE / "specs"
    names = sorted(path.stem for path in specs.glob("[a-z]*.cfg")) + sorted(CONFIGS)
    for name in names:
        config = specs / f"{CONFIGS.get(name, name)}.cfg"
        arguments = ["-tool", *OPTIONS.get(name, []), "-config", str(config), str(specs / "Counter.tla")]
        (HERE / "outputs" / f"{name}.out").write_text(run("tlc2.TLC", *arguments), encoding="utf-8")
    broken = ["-tool", "-config", str(specs / "Broken.cfg"), str(specs / "Broken.tla")]
    (HERE / "outputs" / "broken.out").write_text(run("tlc2.TLC", *broken), encoding="utf-8")
    for module in sorted((HERE / "sany").glob("*.tla")):
        output = run("tla2sany.SANY", str(module))
        (HERE / "outputs" / f"sany_{module.stem}.out").write_text(output, encoding="utf-8")


if __name__ == "__main__":
    main()
