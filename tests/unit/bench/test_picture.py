"""A picture says what the text says: every figure with its repeats, its unit and its goal."""

from math import nan
from xml.etree import ElementTree as ET

import pytest

from bench.figures import Goal, Spread
from bench.picture import Bars, Lines, Panel, picture

SVG = "{http://www.w3.org/2000/svg}"
COST = Spread(median=741.0, least=687.0, greatest=837.0)


def drawn(*panels: Panel) -> ET.Element:
    return ET.fromstring(picture("One send", "", panels))


def words(sheet: ET.Element) -> list[str]:
    return [element.text or "" for element in sheet.iter(f"{SVG}text")]


def dashed(sheet: ET.Element) -> list[ET.Element]:
    return [line for line in sheet.iter(f"{SVG}line") if "stroke-dasharray" in line.attrib]


def test_a_bar_has_its_name_its_unit_and_its_repeats() -> None:
    said = words(drawn(Bars(title="CPU per send, µs", rows={"gateway & co": COST}, digits=0)))

    assert said == ["One send", "", "CPU per send, µs", "gateway & co", "741 (687-837)"]


@pytest.mark.parametrize(
    "panel",
    [
        Bars(title="ratio", rows={"a": COST}, goal=Goal(limit=900)),
        Lines(title="ratio", sizes=["1", "10"], series={"a": [COST, COST]}, goal=Goal(limit=900)),
    ],
)
def test_a_goal_is_a_line_and_is_said(panel: Panel) -> None:
    sheet = drawn(panel)

    assert len(dashed(sheet)) == 1
    assert "goal: at most 900" in words(sheet)


def test_without_a_goal_there_is_no_line_for_one() -> None:
    assert dashed(drawn(Bars(title="ratio", rows={"a": COST}))) == []


def test_what_is_unknown_has_no_bar() -> None:
    unknown = Spread(median=nan, least=nan, greatest=nan)

    sheet = drawn(Bars(title="ratio", rows={"a": unknown}))

    assert "unknown" in words(sheet)
    assert len(list(sheet.iter(f"{SVG}rect"))) == 1, "the background"


def test_a_repeat_far_out_stays_inside_the_picture() -> None:
    out = Spread(median=1.0, least=0.9, greatest=500.0)

    sheet = drawn(
        Bars(title="ratio", rows={"a": out}),
        Lines(title="ratio", sizes=["1"], series={"a": [out]}),
    )

    width, height = (float(sheet.attrib[side]) for side in ("width", "height"))
    for line in sheet.iter(f"{SVG}line"):
        assert all(0 <= float(line.attrib[x]) <= width for x in ("x1", "x2"))
        assert all(0 <= float(line.attrib[y]) <= height for y in ("y1", "y2"))


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        (Goal(limit=741.0), "ok"),
        (Goal(limit=740.0), "MISSED"),
        (Goal(limit=741.0, at_least=True), "ok"),
        (Goal(limit=742.0, at_least=True), "MISSED"),
    ],
)
def test_a_goal_is_judged_by_the_median(goal: Goal, verdict: str) -> None:
    assert goal.verdict(COST) == verdict
