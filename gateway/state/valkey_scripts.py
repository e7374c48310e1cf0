"""The scripts that run inside the shared store, each one atomic step; their text is in `lua/`."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

DATA_VERSION = "1"
"""Of what the scripts write. A log that was written by a higher one is refused, not misread."""

_ALLOWED_WHEN_FULL = b"#!lua flags=allow-oom\n"


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the name under which the server knows it."""

    text: bytes
    sha: str

    @property
    def runs_when_full(self) -> bool:
        """Whether a server that has no memory left runs it too."""
        return self.text.startswith(_ALLOWED_WHEN_FULL)


@cache
def script(name: str) -> Script:
    """The script in the file of this name."""
    text = resources.files("gateway.state").joinpath("lua", f"{name}.lua").read_bytes()
    return Script(text, hashlib.sha1(text).hexdigest())  # noqa: S324  # the server's own name for it
