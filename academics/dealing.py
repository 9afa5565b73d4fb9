"""Dealing students into groups so that the groups resemble each other. Pure: no query."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Card:
    """One student to be dealt. A missing GPA counts as 0."""

    student_id: int
    gender: str
    gpa: float


@dataclass
class Hand:
    """What one group holds so far."""

    index: int
    total: int = 0
    gpa_sum: float = 0.0
    by_gender: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, card: Card) -> None:
        self.total += 1
        self.gpa_sum += card.gpa
        self.by_gender[card.gender] += 1


def deal(
    cards: Sequence[Card], groups: int, *, seed: int, locked: Mapping[int, int] | None = None
) -> dict[int, int]:
    """Return student id -> index of their group (0 .. groups - 1), the same for the same seed.

    Each sex is dealt from the best GPA down. A card goes to the group with the fewest of that
    sex, then the fewest people, then the lowest sum of GPAs: in the first rounds a serpentine
    (1..n, n..1), and the second sex goes on where the first ended. So without ``locked``
    (student id -> index: they stay) sexes and sizes differ by at most 1 between groups.
    """
    locked = {student: index for student, index in (locked or {}).items() if index < groups}
    hands = [Hand(index) for index in range(groups)]
    dealt: dict[int, int] = {}
    free: list[Card] = []
    for card in cards:
        if card.student_id in locked:
            dealt[card.student_id] = locked[card.student_id]
            hands[locked[card.student_id]].take(card)
        else:
            free.append(card)
    # Equals in GPA come in an order that only the seed decides.
    order = sorted(free, key=lambda card: card.student_id)
    random.Random(seed).shuffle(order)  # noqa: S311 (a seed is wanted)
    order.sort(key=lambda card: -card.gpa)
    for gender in sorted({card.gender for card in order}):
        for card in order:
            if card.gender == gender:
                hand = min(hands, key=lambda h: (h.by_gender[gender], h.total, h.gpa_sum, h.index))
                hand.take(card)
                dealt[card.student_id] = hand.index
    return dealt


@dataclass(frozen=True)
class GroupFigures:
    """Statistics of one group; ``mean_gpa`` is None for an empty one."""

    people: int
    male: int
    female: int
    mean_gpa: float | None


def figures(cards: Sequence[Card]) -> GroupFigures:
    male = sum(card.gender == "male" for card in cards)
    mean = sum(card.gpa for card in cards) / len(cards) if cards else None
    return GroupFigures(len(cards), male, len(cards) - male, mean)
