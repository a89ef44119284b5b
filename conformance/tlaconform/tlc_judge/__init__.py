"""Traces judged by stock TLC, which needs no other module: the traces are embedded as TLA+ values."""

from tlaconform.tlc_judge.generated import ModuleGenerator, judge, judge_traces, what_is_not_generated
from tlaconform.tlc_judge.handwritten import judge_all_by_hand, judge_by_hand
from tlaconform.tlc_judge.judgement import TlcJudgeError, TlcJudgement

__all__ = [
    "ModuleGenerator",
    "TlcJudgeError",
    "TlcJudgement",
    "judge",
    "judge_all_by_hand",
    "judge_by_hand",
    "judge_traces",
    "what_is_not_generated",
]
