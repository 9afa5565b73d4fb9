"""A part that takes a little more each hour ends a faculty's week: the soak must see it."""

import pytest

from loadtests.soak import grown, refused

MINUTES = 30


def seen(web_mb_a_minute: float, database_mb_a_minute: float = 0) -> list[dict[str, float]]:
    return [
        {
            "web": 300 + web_mb_a_minute * minute + (minute % 3),
            "MariaDB": 200 + database_mb_a_minute * minute,
        }
        for minute in range(MINUTES)
    ]


def test_part_that_grows_a_little_each_minute_is_named():
    [said] = grown(seen(2))
    assert said == "web grew by 20 MB in a third of the time"


def test_memory_that_breathes_and_a_buffer_pool_that_fills_are_no_growth():
    assert grown(seen(0, database_mb_a_minute=5)) == []


def test_what_is_taken_while_warming_up_is_no_growth():
    warming = [{"web": min(300.0, 200 + 12 * minute)} for minute in range(MINUTES)]
    assert grown(warming) == []


@pytest.mark.parametrize("minutes", [3, 4, 5])
def test_short_runs_are_judged_too(minutes):
    assert len(grown(seen(60)[:minutes])) == 1


def test_what_failed_is_named_with_its_time(tmp_path):
    file = tmp_path / "failures.csv"
    file.write_text(
        "Method,Name,Error,Occurrences,First Seen,Last Seen\nGET,home,503,7,04:01,04:02\n"
    )
    assert refused(file) == ["7 times home failed, 04:01 to 04:02: 503"]
