"""A whole fake Sinch: a separate program that shares nothing with the gateway but the wire.

`Simulator` runs one inside a loop, `program.run` as a process. `docs/simulator.md` says what can be told to it and
what it does not imitate.
"""

from gateway.simulator.options import DEFAULT_APP_ID, AppOptions, SimulatorOptions
from gateway.simulator.recording import RecordedRequest
from gateway.simulator.server import Simulator

__all__ = ["DEFAULT_APP_ID", "AppOptions", "RecordedRequest", "Simulator", "SimulatorOptions"]
