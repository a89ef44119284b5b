"""What a mapping leaves out: ``conformance map check``."""

from tlaconform.surveying.shapes import flattened
from tlaconform.surveying.survey import Survey, survey
from tlaconform.surveying.telling import survey_lines, survey_object

__all__ = ["Survey", "flattened", "survey", "survey_lines", "survey_object"]
