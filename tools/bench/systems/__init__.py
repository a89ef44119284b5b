"""Five systems with a specification, a mapping, a trace specification and a generator of traces: what the trace engine
is compared with TLC on, and measured with.
"""

from bench.systems.catalogue import SYSTEMS, system_named
from bench.systems.system import Knobs, Logged, Ordered, System, Trace

__all__ = ["SYSTEMS", "Knobs", "Logged", "Ordered", "System", "Trace", "system_named"]
