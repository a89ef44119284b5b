"""Specifications that are read and judged, without traces: the work of ``conformance parse`` and ``outline``."""

from tlaconform.reading.judge import FileVerdict, Level, Mistake, judge_text
from tlaconform.reading.many import judge_files, module_files
from tlaconform.reading.outlines import outline_lines, outline_object, outline_of_file
from tlaconform.reading.report import json_verdicts, render_file_verdict, summary_line
from tlaconform.reading.trees import tree_object, tree_text

__all__ = [
    "FileVerdict",
    "Level",
    "Mistake",
    "json_verdicts",
    "judge_files",
    "judge_text",
    "module_files",
    "outline_lines",
    "outline_object",
    "outline_of_file",
    "render_file_verdict",
    "summary_line",
    "tree_object",
    "tree_text",
]
