"""Charts of the office: their figures equal direct counts, in the hours of the faculty's clock."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from accounts.choices import Role, SignInEventKind
from accounts.models import SignInEvent
from accounts.selectors import sign_ins
from forum.choices import PostState
from forum.models import Post
from forum.selectors import reports as forum_reports
from isme.lib import charts, pictures
from tests.conftest import enter, make_user
from tests.forum import cast

pytestmark = pytest.mark.django_db
SLUGS = [chart.slug for chart in pictures.every()]


@pytest.fixture
def office(client):
    return enter(client, make_user("akademik1", role=Role.OFFICE))


def signed_in_at(moment: dt.datetime, kind: str = SignInEventKind.SIGNED_IN) -> None:
    event = SignInEvent.objects.create(kind=kind)
    SignInEvent.objects.filter(pk=event.pk).update(at=moment)


def clock(days_ago: int, hour: int, minute: int = 0) -> dt.datetime:
    day = timezone.localdate() - dt.timedelta(days=days_ago)
    return dt.datetime.combine(day, dt.time(hour, minute), timezone.get_current_timezone())


def test_sign_ins_are_counted_by_the_faculty_s_day_and_hour():
    for moment in (
        clock(3, 0, 5),
        clock(3, 6, 59),
        clock(3, 7),
        clock(3, 7, 59),
        clock(13, 23, 59),
    ):
        signed_in_at(moment)
    signed_in_at(clock(14, 23, 59))  # too long ago
    signed_in_at(clock(3, 7), SignInEventKind.REFUSED)
    found = dict(sign_ins.per_hour())
    assert len(found) == sign_ins.DAYS
    third = found[clock(3, 0).date().isoformat()]
    assert {hour: n for hour, n in enumerate(third) if n} == {0: 1, 6: 1, 7: 2}
    assert sum(map(sum, found.values())) == 5
    assert found[clock(13, 0).date().isoformat()][23] == 1


def test_posts_per_day_equal_a_direct_count():
    author = cast.person("author", "office")
    made = cast.thread(author, cast.category())
    posts = [cast.answer(author, made) for _number in range(4)]
    for post, moment in zip(
        posts, [clock(2, 0, 1), clock(2, 23), clock(29, 5), clock(30, 23)], strict=True
    ):
        Post.objects.filter(pk=post.pk).update(created_at=moment)
    hidden = cast.answer(author, made)
    Post.objects.filter(pk=hidden.pk).update(
        state=PostState.DELETED, removed_at=timezone.now(), removed_by=author
    )
    found = dict(forum_reports.posts_per_day())
    assert {iso: n for iso, n in found.items() if n} == {
        timezone.localdate().isoformat(): 1,
        clock(2, 0).date().isoformat(): 2,
        clock(29, 0).date().isoformat(): 1,
    }
    assert len(found) == forum_reports.DAYS


@pytest.mark.parametrize("slug", SLUGS)
def test_table_and_csv_say_what_the_chart_shows(office, slug):
    signed_in_at(clock(1, 8))
    cast.thread(cast.person("author", "office"), cast.category())
    page = office.get(f"/reports/charts/{slug}/")
    table = page.context["table"]
    assert "<svg" in page.text
    answer = office.get(f"/reports/charts/{slug}/", {"format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [[str(cell) for cell in row] for row in [table.heads, *table.rows]]
    assert any("1" in row[1:] for row in rows[1:])
    assert f"/reports/charts/{slug}/" in office.get("/reports/").text


@pytest.mark.parametrize("events", [1, 30])
def test_chart_costs_one_query(events, django_assert_num_queries):
    for number in range(events):
        signed_in_at(clock(1, number % 24))
    with django_assert_num_queries(1):
        sign_ins.per_hour()
    with django_assert_num_queries(0):  # kept
        sign_ins.per_hour()


def test_unknown_chart_is_not_found(office):
    assert office.get("/reports/charts/nothing/").status_code == 404


def test_heat_and_pillars_lie_inside_their_frame():
    heat = charts.heat([("a", [0, 5, 10]), ("b", [1, 0, 0])], ["0", "1", "2"])
    assert [cell.shade for cell in heat.cells] == [0, 3, 5, 1, 0, 0]
    assert all(cell.x + 26 <= heat.width and cell.y + 24 <= heat.height for cell in heat.cells)
    found = charts.pillars([("1", 0), ("2", 4), ("3", 8)])
    assert [bar.height for bar in found.bars] == [0, 69.0, 138.0]
    assert all(bar.y + bar.height == found.base for bar in found.bars)
    assert charts.pillars([("1", 0)]) is None
