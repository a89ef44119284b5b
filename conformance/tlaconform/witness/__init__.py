"""A behavior that explains a trace, for other tools: ITF, TLC's JSON, ShiViz."""

from tlaconform.witness.itf import itf_witness
from tlaconform.witness.shiviz import shiviz_log
from tlaconform.witness.tlc_json import tlc_witness
from tlaconform.witness.write import WITNESS_FORMATS, format_of, refuse_early, write_witness

__all__ = ["WITNESS_FORMATS", "format_of", "itf_witness", "refuse_early", "shiviz_log", "tlc_witness", "write_witness"]
