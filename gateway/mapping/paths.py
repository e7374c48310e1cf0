"""Where in a document something is: `message.choices[2].url_message`, `parameters["NAME"]`.

Paths are shown to callers and logged, so a map key appears only when it looks like a word of the vendor's
vocabulary; any other key may be a phone number or a person's name and is printed as `*`.
"""

import re
from typing import TypeAlias

MAX_SKIPPED = 32
"""Paths kept per document; further ones are only counted, so that a hostile document cannot fill memory."""


# A step down is a field's name, an index, or a key of a map, which a one-tuple tells from a field's name.
Step: TypeAlias = str | int | tuple[str]
# The way down to a value, innermost step first. A linked tuple costs one small allocation per message,
# where a path string would be built for every value and thrown away for all but the wrong ones.
Trail: TypeAlias = tuple["Trail", Step] | None

_VOCABULARY = re.compile(r"[A-Z][A-Z_]{0,63}")


class MappingError(ValueError):
    """The wire cannot say what the message holds.

    `field_path` is the proto path from the encoded message, `description` what is wrong and what would be right.
    Neither repeats the value.
    """

    def __init__(self, field_path: str, description: str) -> None:
        """Keep both parts; the text is fit to be shown to the caller."""
        super().__init__(f"{field_path}: {description}")
        self.field_path = field_path
        self.description = description

    def below(self, step: Step) -> "MappingError":
        """The same problem, seen from the message or collection that `step` leads down from."""
        return MappingError(_join(_show(step), self.field_path), self.description)


class Skips:
    """The values of one document that could not be taken."""

    __slots__ = ("count", "paths")

    def __init__(self) -> None:
        """Nothing skipped so far."""
        self.count = 0
        self.paths: list[str] = []

    def add(self, trail: Trail) -> None:
        """Record the value at `trail`; beyond `MAX_SKIPPED` only its number."""
        self.count += 1
        if len(self.paths) < MAX_SKIPPED:
            self.paths.append(render(trail))


def depth(trail: Trail) -> int:
    """How many steps down from the document's root `trail` leads."""
    steps = 0
    while trail is not None:
        trail = trail[0]
        steps += 1
    return steps


def render(trail: Trail) -> str:
    """The path that a trail leads along, fit to be shown."""
    path = ""
    while trail is not None:
        trail, step = trail
        path = _join(_show(step), path)
    return path


def _show(step: Step) -> str:
    if isinstance(step, str):
        return step
    if isinstance(step, int):
        return f"[{step}]"
    return f'["{step[0]}"]' if _VOCABULARY.fullmatch(step[0]) else "[*]"


def _join(outer: str, inner: str) -> str:
    return f"{outer}{'.' if inner and inner[0] != '[' else ''}{inner}"
