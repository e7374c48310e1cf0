"""The picture of a measurement: an SVG beside the text, drawn from the same numbers.

Two kinds of panel are all that is needed, bars and lines, each median with a whisker from the least to the greatest
repeat and the goal as a dashed line. A library that draws them is sixty megabytes, and this is one page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, isnan, log10
from typing import Protocol
from xml.etree import ElementTree as ET

from bench.figures import Goal, Spread
from bench.processes import ROOT

FOLDER = ROOT / "build" / "bench"
# Pixels: the sheet, what names get at the left, and what values get at the right.
WIDTH, NAMES, VALUES, MARGIN = 960, 330, 190, 20
ROW, TITLE, HEIGHT, LEGEND_ROW, CAP = 24, 40, 200, 18, 4
COLOURS = ("#3b6ea5", "#c2703d", "#4f8a5b", "#8a5a9e", "#9a8b3c")
INK, FAINT, RED = "#222222", "#8a8a8a", "#e03a2b"
# A repeat far out would flatten all others: beyond so many times the greatest median the whisker leaves the picture.
MOST_OUTLYING = 2.0


class Panel(Protocol):
    """One part of a picture, below the part before it."""

    @property
    def height(self) -> int:
        """Pixels, with its title."""

    def draw(self, sheet: "Sheet", top: int) -> None:
        """Draw it with its upper edge at `top`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Figures of one kind, one below the other."""

    title: str
    """What is shown, with its unit."""
    rows: Mapping[str, Spread]
    digits: int = 2
    goal: Goal | None = None

    @property
    def height(self) -> int:
        return TITLE + ROW * len(self.rows) + MARGIN

    def draw(self, sheet: "Sheet", top: int) -> None:
        sheet.title(top, self.title, self.goal)
        scale = (WIDTH - NAMES - VALUES - MARGIN) / greatest(self.rows.values(), self.goal)
        for number, (name, spread) in enumerate(self.rows.items()):
            y = top + TITLE + ROW * number + ROW // 2
            sheet.text(NAMES - 10, y + 4, name, anchor="end")
            alone = spread.least == spread.greatest
            shown = f"{spread.median:.{self.digits}f}" if alone else spread.text(self.digits)
            sheet.text(WIDTH - MARGIN, y + 4, shown, anchor="end")
            if isnan(spread.median):
                continue
            right = NAMES + spread.median * scale
            sheet.box(NAMES, y - 7, max(right - NAMES, 1), 14, COLOURS[0])
            sheet.whisker((NAMES + spread.least * scale, y), (min(NAMES + spread.greatest * scale, WIDTH - VALUES), y))
        if self.goal is not None:
            x = NAMES + self.goal.limit * scale
            sheet.line((x, top + TITLE - 4), (x, top + self.height - MARGIN), RED, dashed=True, width=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How figures change from one size to the next."""

    title: str
    """What is shown, with its unit."""
    sizes: Sequence[str]
    series: Mapping[str, Sequence[Spread]]
    goal: Goal | None = None

    @property
    def height(self) -> int:
        return TITLE + HEIGHT + 2 * MARGIN

    def draw(self, sheet: "Sheet", top: int) -> None:
        sheet.title(top, self.title, self.goal)
        known = [spread for spreads in self.series.values() for spread in spreads]
        most, ground = greatest(known, self.goal), top + TITLE + HEIGHT
        left, right = 70, WIDTH - NAMES - MARGIN
        places = [left + 40 + (right - left - 80) * n / max(len(self.sizes) - 1, 1) for n in range(len(self.sizes))]
        for value in marks(most):
            y = ground - HEIGHT * value / most
            sheet.line((left, y), (right, y), "#dddddd")
            sheet.text(left - 8, y + 4, f"{value:g}", anchor="end")
        for x, size in zip(places, self.sizes, strict=True):
            sheet.text(x, ground + 18, size, anchor="middle")
        for number, (name, spreads) in enumerate(self.series.items()):
            colour = COLOURS[number % len(COLOURS)]
            # A little apart, so that the whiskers of one do not hide the other's.
            xs = [x + 7 * (number - (len(self.series) - 1) / 2) for x in places]
            points = [(x, ground - HEIGHT * s.median / most) for x, s in zip(xs, spreads, strict=False)]
            for before, after in pairwise(points):
                sheet.line(before, after, colour, width=2)
            for (x, y), spread in zip(points, spreads, strict=False):
                lowest, highest = (ground - HEIGHT * min(value / most, 1) for value in (spread.least, spread.greatest))
                sheet.whisker((x, lowest), (x, highest), colour)
                sheet.box(x - 3, y - 3, 6, 6, colour)
            y = top + TITLE + LEGEND_ROW * number + 10
            sheet.box(right + 20, y - 9, 10, 10, colour)
            sheet.text(right + 36, y, name)
        if self.goal is not None:
            y = ground - HEIGHT * self.goal.limit / most
            sheet.line((left, y), (right, y), RED, dashed=True, width=2)


class Sheet:
    """The SVG under construction."""

    def __init__(self, height: int) -> None:
        size = {"width": f"{WIDTH}", "height": f"{height}", "viewBox": f"0 0 {WIDTH} {height}"}
        font = {"font-family": "DejaVu Sans, Helvetica, Arial, sans-serif", "font-size": "12"}
        self._root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **font})
        self.box(0, 0, WIDTH, height, "#ffffff")

    def __bytes__(self) -> bytes:
        ET.indent(self._root)
        return ET.tostring(self._root) + b"\n"

    def title(self, top: int, title: str, goal: Goal | None) -> None:
        self.text(MARGIN, top + 20, title, weight="bold")
        if goal is not None:
            self.text(WIDTH - MARGIN, top + 20, f"goal: {goal}", anchor="end", fill=RED)

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK, **more: str) -> None:
        """`more` is what goes to the font: its weight and size."""
        font = {f"font-{name}": value for name, value in more.items()}
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": fill}
        ET.SubElement(self._root, "text", {**place, **font}).text = words

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        size = {"width": f"{width:.1f}", "height": f"{height:.1f}"}
        ET.SubElement(self._root, "rect", {"x": f"{x:.1f}", "y": f"{y:.1f}", **size, "fill": fill})

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        stroke: str,
        *,
        dashed: bool = False,
        width: float = 1,
    ) -> None:
        ends = {"x1": f"{start[0]:.1f}", "y1": f"{start[1]:.1f}", "x2": f"{end[0]:.1f}", "y2": f"{end[1]:.1f}"}
        dashes = {"stroke-dasharray": "5 3"} if dashed else {}
        ET.SubElement(self._root, "line", {**ends, "stroke": stroke, "stroke-width": f"{width:g}", **dashes})

    def whisker(self, start: tuple[float, float], end: tuple[float, float], colour: str = INK) -> None:
        """A line with a cap across either end; level or upright."""
        self.line(start, end, colour)
        across = (0, CAP) if start[1] == end[1] else (CAP, 0)
        for x, y in (start, end):
            self.line((x - across[0], y - across[1]), (x + across[0], y + across[1]), colour)


def greatest(spreads: Iterable[Spread], goal: Goal | None) -> float:
    """The value that the far edge of a panel stands for."""
    known = [spread for spread in spreads if not isnan(spread.median)]
    limit = [goal.limit] if goal else []
    most = max([*(spread.median for spread in known), *limit], default=0.0) or 1.0
    return min(max([*(spread.greatest for spread in known), *limit, most]), MOST_OUTLYING * most) * 1.05


def marks(most: float) -> list[float]:
    """Round values from 0 to at most `most`, three to seven of them."""
    size = 10 ** floor(log10(most))
    step = next(step for step in (0.2 * size, 0.25 * size, 0.5 * size, size, 2 * size) if most / step <= 6)
    return [number * step for number in range(int(most / step) + 1)]


def picture(title: str, subtitle: str, panels: Sequence[Panel]) -> bytes:
    """The whole sheet as an SVG document."""
    top = 62
    sheet = Sheet(top + sum(panel.height for panel in panels) + MARGIN)
    sheet.text(MARGIN, 28, title, weight="bold", size="16")
    sheet.text(MARGIN, 46, subtitle, fill=FAINT)
    for panel in panels:
        panel.draw(sheet, top)
        top += panel.height
    return bytes(sheet)


def draw(name: str, title: str, panels: Sequence[Panel], *, subtitle: str = "") -> None:
    """Write `build/bench/NAME.svg`, and say so."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    whiskers = "bars and points are medians, whiskers the least and the greatest repeat"
    path = FOLDER / f"{name}.svg"
    path.write_bytes(picture(title, "; ".join(filter(None, (subtitle, whiskers))), panels))
    print(f"\n{path.relative_to(ROOT)}")
