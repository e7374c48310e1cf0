"""What is wrong with a configuration: every mistake at once, each with where it is and what to do."""

import difflib
from collections.abc import Iterable

KeyPath = tuple[str | int, ...]


class ConfigurationError(Exception):
    """The configuration cannot be used; one line per mistake, each naming the place and the fix."""

    def __init__(self, mistakes: list[str]) -> None:
        """Keep the mistakes in the order of the settings reference."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question that names what was probably meant; empty when nothing comes near."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.75)
    return f"; did you mean {near[0]}?" if near else ""


def key_text(path: KeyPath) -> str:
    """A key path as one would say it: `projects[1].apps[0].region`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
