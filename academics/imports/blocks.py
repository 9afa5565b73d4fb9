"""Blocks of one level and term follow each other: those in the database and those in the file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from academics.choices import CourseKind
from academics.imports.kind import Context
from academics.imports.terms import chosen_term
from academics.models import CourseOffering

MEMORY = "blocks"


@dataclass(frozen=True)
class Block:
    code: str
    first: date
    last: date


@dataclass
class Blocks:
    """(term, level) -> the blocks that have their place there."""

    taken: dict[tuple[Any, Any], list[Block]] = field(default_factory=dict)

    @classmethod
    def of(cls, context: Context, codes: Sequence[str]) -> "Blocks":
        """The blocks of the chosen year: one query for each import.

        Those of ``codes`` are in the file themselves and get their place from it.
        """
        blocks: Blocks = context.memory.setdefault(MEMORY, cls())
        if chosen := chosen_term(context):
            if not blocks.taken:
                blocks._load(chosen.year_id)
            for place, there in blocks.taken.items():
                blocks.taken[place] = [b for b in there if b.code not in set(codes)]
        return blocks

    def _load(self, year_id: int) -> None:
        found = CourseOffering.objects.filter(
            term__year_id=year_id, course__kind=CourseKind.BLOCK
        ).select_related("course")
        for row in found:
            block = Block(row.course.code, row.starts_on, row.ends_on)
            self.taken.setdefault((row.term_id, row.course.level), []).append(block)

    def take(self, place: tuple[Any, Any], code: str, first: date, last: date) -> Block | None:
        """Give the block its place, or return the one that is there already."""
        there = self.taken.setdefault(place, [])
        for other in there:
            if first <= other.last and last >= other.first:
                return other
        there.append(Block(code, first, last))
        return None
