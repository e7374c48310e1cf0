"""A gateway that counts nothing and writes no line for a call: `python -m bench.unobserved serve`.

Only to know what that costs; there is no setting for it.
"""

from gateway.cli import main
from gateway.telemetry.logs import EveryCall
from gateway.telemetry.tallies import Count, Distribution


def nothing(*_: object, **__: object) -> None:
    """Do nothing."""


if __name__ == "__main__":
    for kind, name in ((Count, "inc"), (Distribution, "observe"), (EveryCall, "info")):
        setattr(kind, name, nothing)
    main(prog_name="conversation-gateway")
