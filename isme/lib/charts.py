"""Geometry of the small charts: numbers in, places in a viewBox out. No HTML, no colours."""

from collections.abc import Sequence
from dataclasses import dataclass

SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 100, 30, 3
STEPS = 5  # shades of a heat map beside "nothing"


@dataclass(frozen=True)
class Spark:
    """A trend as a line: "x,y x,y ..." for the line, its area, and where it ends."""

    line: str
    area: str
    end: str


def spark(values: Sequence[float]) -> Spark | None:
    """The line of two or more ``values``, oldest first; None where there is no trend yet."""
    if len(values) < 2:  # noqa: PLR2004 (a line has two ends)
        return None
    low, high = min(values), max(values)
    room = SPARK_HEIGHT - 2 * SPARK_EDGE
    step = SPARK_WIDTH / (len(values) - 1)
    places = [
        (
            round(index * step, 1),
            round(SPARK_HEIGHT - SPARK_EDGE - room * _share(value, low, high), 1),
        )
        for index, value in enumerate(values)
    ]
    line = " ".join(f"{x:g},{y:g}" for x, y in places)
    return Spark(
        line=line,
        area=f"0,{SPARK_HEIGHT} {line} {SPARK_WIDTH},{SPARK_HEIGHT}",
        end=f"{places[-1][0]:g},{places[-1][1]:g}",
    )


def _share(value: float, low: float, high: float) -> float:
    """Where ``value`` lies between ``low`` (0) and ``high`` (1); in the middle of a flat line."""
    return (value - low) / (high - low) if high > low else 0.5


def shade(value: float, high: float) -> int:
    """The shade of a heat map's cell: 0 for nothing, else 1 to 5."""
    return min(STEPS, -(-int(value * STEPS) // max(int(high), 1))) if value > 0 and high > 0 else 0


def percent(value: float, whole: float) -> int:
    """``value`` as a part of ``whole`` in whole percent, 0 for an empty whole."""
    return round(100 * value / whole) if whole else 0


@dataclass(frozen=True)
class Bar:
    """A lying bar: its words, its value, and its length in percent of the longest."""

    label: str
    value: int
    length: int


def bars(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars from the top down, all from zero; none where there is nothing to compare."""
    high = max((value for _label, value in values), default=0)
    if high <= 0:
        return []
    return [Bar(label, value, percent(value, high)) for label, value in values]


@dataclass(frozen=True)
class Cell:
    """A field of a heat map: its corner, its shade (0 to 5), its figure and where that stands."""

    x: int
    y: int
    shade: int
    value: int
    text_x: int
    text_y: int


@dataclass(frozen=True)
class Mark:
    """Words beside a chart."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Heat:
    """A heat map: fields, the names of its rows and of some of its columns."""

    width: int
    height: int
    cells: list[Cell]
    rows: list[Mark]
    columns: list[Mark]


HEAT_LEFT, HEAT_TOP, HEAT_WIDTH, HEAT_HEIGHT = 96, 22, 26, 24


def heat(
    rows: Sequence[tuple[str, Sequence[int]]], columns: Sequence[str], *, each: int = 3
) -> Heat:
    """Rows from the top down, all in one scale; every ``each``-th column is named."""
    high = max((value for _label, values in rows for value in values), default=0)
    cells = [
        Cell(
            x=HEAT_LEFT + column * HEAT_WIDTH,
            y=HEAT_TOP + line * HEAT_HEIGHT,
            shade=shade(value, high),
            value=value,
            text_x=HEAT_LEFT + column * HEAT_WIDTH + HEAT_WIDTH // 2,
            text_y=HEAT_TOP + line * HEAT_HEIGHT + HEAT_HEIGHT // 2 + 4,
        )
        for line, (_label, values) in enumerate(rows)
        for column, value in enumerate(values)
    ]
    return Heat(
        width=HEAT_LEFT + len(columns) * HEAT_WIDTH,
        height=HEAT_TOP + len(rows) * HEAT_HEIGHT,
        cells=cells,
        rows=[
            Mark(0, HEAT_TOP + line * HEAT_HEIGHT + HEAT_HEIGHT // 2 + 4, label)
            for line, (label, _values) in enumerate(rows)
        ],
        columns=[
            Mark(HEAT_LEFT + place * HEAT_WIDTH + HEAT_WIDTH // 2, HEAT_TOP - 8, label)
            for place, label in enumerate(columns)
            if place % each == 0
        ],
    )


@dataclass(frozen=True)
class Pillar:
    """A standing bar of a chart over time."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


@dataclass(frozen=True)
class Pillars:
    """Values over time from left to right, from zero up to ``high``."""

    width: int
    height: int
    base: int
    bars: list[Pillar]
    marks: list[Mark]
    high: int


PILLARS_WIDTH, PILLARS_HEIGHT, PILLARS_TOP, PILLARS_FOOT, PILLARS_GAP = 700, 180, 18, 24, 3


def pillars(values: Sequence[tuple[str, int]], *, each: int = 7) -> Pillars | None:
    """One bar a value, every ``each``-th named; None where all of them are nothing."""
    high = max((value for _label, value in values), default=0)
    if high <= 0:
        return None
    base = PILLARS_HEIGHT - PILLARS_FOOT
    step = PILLARS_WIDTH / len(values)
    bars_ = []
    for place, (label, value) in enumerate(values):
        height = round((base - PILLARS_TOP) * value / high, 1)
        width = round(step - PILLARS_GAP, 1)
        bars_.append(
            Pillar(round(place * step, 1), round(base - height, 1), width, height, label, value)
        )
    marks = [
        Mark(bar.x, PILLARS_HEIGHT - 6, bar.label)
        for place, bar in enumerate(bars_)
        if place % each == 0
    ]
    return Pillars(PILLARS_WIDTH, PILLARS_HEIGHT, base, bars_, marks, high)
