"""Verdicts as one JSON object; its schema is ``tlaconform/report/verdict.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tlatrace.engine.verdict import Decision, Verdict

REPORT_VERSION = 1


def report_object(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """All verdicts, with a count of each decision."""
    return {
        "format": "tla-conformance/verdicts",
        "version": REPORT_VERSION,
        "summary": {d.value: sum(v.decision is d for v in verdicts) for d in Decision},
        "verdicts": [verdict.to_json() for verdict in verdicts],
    }


def json_report(verdicts: Sequence[Verdict]) -> str:
    """The report as text that ends with a newline."""
    return json.dumps(report_object(verdicts), indent=2, ensure_ascii=False) + "\n"
