"""Many files: in one process with their imports parsed once, or in several processes; always in the order given."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from tlaconform.errors import ConformanceError
from tlaconform.reading.judge import FileVerdict, Level, crashed, judge_file, with_deep_stack_if_needed
from tlatrace.location import Location
from tlatrace.semantics.library import Library

FILES_FOR_A_PROCESS_MIN: Final = 8
"""Fewer files than this are judged in less time than another process takes to start."""


def module_files(arguments: Sequence[str]) -> list[Path]:
    """The files that arguments name: a folder stands for every ``*.tla`` file in it and in the folders below it, but
    for hidden ones.

    Raises:
        ConformanceError: a folder has no such file.
    """
    files: dict[Path, None] = {}
    for argument in arguments:
        path = Path(argument)
        found = list(_modules_in(path)) if path.is_dir() else [path]
        if not found:
            raise ConformanceError(
                "there is no *.tla file in this folder, nor in the folders below it",
                location=Location(argument, 0, 0, 0, 0),
            )
        files.update(dict.fromkeys(found))
    return list(files)


def judge_files(
    files: Sequence[Path],
    level: Level,
    library: Sequence[Path] = (),
    *,
    jobs: int | None = None,
    with_trees: bool = False,
) -> Iterator[FileVerdict]:
    """The verdict on each file, in order, each as soon as it is known.

    ``jobs`` is how many processes work on them; None: as many as there are processors, and files enough for.
    """
    wanted = jobs if jobs is not None else min(os.cpu_count() or 1, len(files) // FILES_FOR_A_PROCESS_MIN)
    count = max(1, min(wanted, len(files)))
    if count == 1:
        bench = _Bench(level, tuple(library), with_trees)
        for file in files:
            yield bench.judge(file)
        return
    yield from _in_processes(files, (level, tuple(library), with_trees), count)


class _Bench:
    """What the verdicts on the files of one folder share: the modules that they import are parsed once."""

    def __init__(self, level: Level, library: tuple[Path, ...], with_trees: bool) -> None:
        self._level = level
        self._library = library
        self._with_trees = with_trees
        self._libraries: dict[Path, Library] = {}

    def judge(self, file: Path) -> FileVerdict:
        try:
            verdict: FileVerdict = with_deep_stack_if_needed(lambda: self._judge(file))
        except Exception as error:
            # One file that we fail on must not cost the verdicts on all others.
            return crashed(file, self._level, error)
        return verdict

    def _judge(self, file: Path) -> FileVerdict:
        library = self._libraries.get(file.parent)
        if library is None:
            library = self._libraries[file.parent] = Library((file.parent, *self._library))
        return judge_file(file, self._level, library, with_tree=self._with_trees)


def _modules_in(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if name.endswith(".tla"))


# ------------------------------------------------------------------------------------------------ processes

_Setting = tuple[Level, tuple[Path, ...], bool]


def _in_processes(files: Sequence[Path], setting: _Setting, count: int) -> Iterator[FileVerdict]:
    """Each process gets neighbouring files, a few at a time: they tend to import the same modules."""
    size = max(1, min(FILES_FOR_A_PROCESS_MIN, len(files) // (2 * count)))
    chunks = [files[at : at + size] for at in range(0, len(files), size)]
    with ProcessPoolExecutor(count, initializer=_start_worker, initargs=setting) as pool:
        try:
            futures = deque(pool.submit(_judge_some, chunk) for chunk in chunks)
            while futures:
                yield from futures.popleft().result()
        except BrokenProcessPool:
            raise ConformanceError(
                "a process that read specifications was ended from outside (is there too little memory?)",
                hint="--jobs 1 reads one file at a time",
            ) from None
        except (KeyboardInterrupt, GeneratorExit):
            for process in list((pool._processes or {}).values()):
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_bench: _Bench | None = None


def _start_worker(level: Level, library: tuple[Path, ...], with_trees: bool) -> None:
    """Ctrl-C is for the parent, which ends its workers, by SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    global _bench
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bench = _Bench(level, library, with_trees)


def _judge_some(files: Sequence[Path]) -> list[FileVerdict]:
    bench = _bench
    assert bench is not None
    return [bench.judge(file) for file in files]
