"""The line of every key of a TOML text: `tomllib` reads the values, and forgets where they stood.

The text has been parsed by `tomllib` before, so it is valid TOML, and nothing here looks for mistakes.
"""

import re
import tomllib
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
# A text of several lines may end in up to two quotation marks of its own.
_TEXT = re.compile(r"""(?s:\"{3}(?:[^\\]|\\.)*?\"{3,5}(?!\")|'{3}.*?'{3,5}(?!'))|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_PLAIN = re.compile(r"[^,\]}#\n]*")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every key and table of a valid TOML text, by its path; list items by their index."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


class _Scanner:
    """Walks through the text once."""

    def __init__(self, text: str) -> None:
        """Begin before the first character."""
        self.lines: dict[KeyPath, int] = {}
        self._text = text
        self._at = 0
        self._counts: dict[KeyPath, int] = {}

    def document(self) -> None:
        """Walk to the end."""
        table: KeyPath = ()
        while self._skip(_BLANK) and self._at < len(self._text):
            if self._text.startswith("[[", self._at):
                table = self._header(2, repeated=True)
            elif self._text[self._at] == "[":
                table = self._header(1, repeated=False)
            else:
                self._pair(table)

    def _header(self, brackets: int, *, repeated: bool) -> KeyPath:
        self._at += brackets
        line = self._line()
        *parents, last = self._key()
        self._at += brackets
        path: KeyPath = ()
        for part in parents:
            path = self._entered((*path, part), line)
        path = (*path, last)
        if not repeated:
            self.lines.setdefault(path, line)
            return path
        self.lines.setdefault(path, line)
        index = self._counts.get(path, 0)
        self._counts[path] = index + 1
        self.lines[*path, index] = line
        return (*path, index)

    def _entered(self, path: KeyPath, line: int) -> KeyPath:
        """The table that a header's parent means: the newest one where there are several."""
        self.lines.setdefault(path, line)
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _pair(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        # Past the equals sign.
        self._at += 1
        self._value(path)

    def _key(self) -> Iterator[str]:
        """The parts of a dotted key; leaves the position at what follows it."""
        parts = []
        while True:
            self._skip(_SPACE)
            parts.append(_plain(self._take(_PART)))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return iter(parts)
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        self._skip(_BLANK)
        opening = self._text[self._at]
        if opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        elif opening in "\"'":
            self._take(_TEXT)
        else:
            self._take(_PLAIN)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        while self._skip(_BLANK) and self._text[self._at] != "]":
            self.lines[*path, index] = self._line()
            self._value((*path, index))
            index += 1
            self._skip(_BLANK)
            self._at += self._text[self._at] == ","
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._skip(_BLANK) and self._text[self._at] != "}":
            self._pair(path)
            self._skip(_BLANK)
            self._at += self._text[self._at] == ","
        self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        self._take(pattern)
        return True

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"not TOML at line {self._line()}")
        self._at = match.end()
        return match.group()

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1


def _plain(part: str) -> str:
    """A part of a key without its quotation marks and escapes."""
    return part if part[0] not in "\"'" else str(tomllib.loads(f"key = {part}")["key"])
