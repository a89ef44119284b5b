"""Verdicts for people (terminal) and for machines (JSON, JUnit XML, SARIF)."""

from tlaconform.report.junit import junit_report
from tlaconform.report.machine import json_report
from tlaconform.report.sarif import sarif_report
from tlaconform.report.terminal import Style, render_problems, render_verdict, render_verdicts

__all__ = [
    "Style",
    "json_report",
    "junit_report",
    "render_problems",
    "render_verdict",
    "render_verdicts",
    "sarif_report",
]
