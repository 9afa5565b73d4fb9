"""Groups resemble each other, for every cohort and number of groups."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from academics.dealing import Card, deal, figures

COHORTS = st.lists(
    st.tuples(st.sampled_from(["male", "female"]), st.integers(0, 400)), min_size=1, max_size=120
)

# What is slow on a busy machine is the drawing of people, and says nothing about dealing.
patient = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def cards_of(cohort):
    return [Card(n, gender, gpa / 100) for n, (gender, gpa) in enumerate(cohort)]


@patient
@given(COHORTS, st.integers(1, 15), st.integers(0, 99))
def test_sizes_and_sexes_differ_by_at_most_one(cohort, groups, seed):
    cards = cards_of(cohort)
    dealt = deal(cards, groups, seed=seed)
    assert set(dealt) == {card.student_id for card in cards}
    assert dealt == deal(cards[::-1], groups, seed=seed), "deterministic in its seed"
    counted = [Counter() for _ in range(groups)]
    for card in cards:
        counted[dealt[card.student_id]].update(["all", card.gender])
    for what in ("all", "male", "female"):
        numbers = [count[what] for count in counted]
        assert max(numbers) - min(numbers) <= 1


def test_serpentine_in_the_first_rounds():
    cards = [Card(n, "female", 4 - n / 10) for n in range(6)]
    dealt = deal(cards, 3, seed=1)
    assert [dealt[n] for n in range(6)] == [0, 1, 2, 2, 1, 0]


def test_group_means_are_close():
    """Else group 1 gets the best of everybody, as in plain round-robin."""
    cards = [Card(n, "female" if n % 3 else "male", 2 + (n * 37 % 200) / 100) for n in range(192)]
    dealt = deal(cards, 16, seed=7)
    means = [
        figures([c for c in cards if dealt[c.student_id] == index]).mean_gpa for index in range(16)
    ]
    assert max(means) - min(means) < 0.1


@patient
@given(COHORTS, st.integers(1, 10), st.data())
def test_locked_people_stay(cohort, groups, data):
    cards = cards_of(cohort)
    locked = data.draw(
        st.dictionaries(st.sampled_from([c.student_id for c in cards]), st.integers(0, groups - 1))
    )
    dealt = deal(cards, groups, seed=3, locked=locked)
    assert {student: dealt[student] for student in locked} == locked


def test_figures_of_a_group():
    found = figures([Card(1, "male", 3.0), Card(2, "female", 4.0)])
    assert (found.people, found.male, found.female) == (2, 1, 1)
    assert found.mean_gpa == pytest.approx(3.5)
    assert figures([]).mean_gpa is None
