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
