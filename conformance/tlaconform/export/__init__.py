"""A trace as a specification that stock TLC checks with no other module: the second opinion to take away."""

from tlaconform.export.export import Exported, export_trace
from tlaconform.export.judge import judge_by_export, judge_exported

__all__ = ["Exported", "export_trace", "judge_by_export", "judge_exported"]
