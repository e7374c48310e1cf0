"""A terminal shows the demo in colour, as far as it and its owner want that; nothing else gets more than plain text."""

import io
import sys

import pytest

from gateway.cli.screen import Screen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(
    monkeypatch: pytest.MonkeyPatch, out: io.StringIO, *, status: str = "READ", reply: str = "", **environment: str
) -> list[str]:
    """The lines of a receipt, and of a reply where there is one."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm"} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", out)
    screen = Screen(json=False)
    screen.receipt("card", "1", status)
    if reply:
        screen.reply(reply)
    return out.getvalue().splitlines()


def test_a_terminal_shows_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, Terminal())

    assert lines == ["\x1b[35m← \x1b[0mcard                  \x1b[1;32mREAD\x1b[0m"]


def test_who_wants_no_colour_still_sees_what_is_bold(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, Terminal(), NO_COLOR="1")

    assert lines == ["← card                  \x1b[1mREAD\x1b[0m"]


@pytest.mark.parametrize(("out", "term"), [(io.StringIO(), "xterm"), (Terminal(), "dumb")], ids=["pipe", "dumb"])
def test_what_is_no_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch, out: io.StringIO, term: str) -> None:
    lines = shown(monkeypatch, out, TERM=term)

    assert lines == ["← card                  READ"]


def test_colours_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    [line] = shown(monkeypatch, io.StringIO(), status="FAILED", FORCE_COLOR="1")

    assert line.endswith("\x1b[1;31mFAILED\x1b[0m")


def test_a_strangers_text_cannot_speak_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    [_, line] = shown(monkeypatch, io.StringIO(), reply="[bold]hé\x1b]0;mine\x07 \x9b2Jyou")

    assert line == "← reply                 [bold]hé]0;mine 2Jyou"
