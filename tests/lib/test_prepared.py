"""A prepared query gives what its queryset gives, for whatever values, and is written once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from isme.lib.prepared import Prepared
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return [make_user(f"orang{number}") for number in range(5)]


def test_rows_are_those_of_the_queryset(people):
    """Else somebody gets another's row, or a page lacks what its queryset would have shown."""
    of = Prepared(lambda *, ids: User.objects.select_related("student_profile").filter(pk__in=ids))
    for wanted in ([people[0]], people[1:4], people):
        ids = tuple(one.pk for one in wanted)
        rows = of(ids=ids)
        assert {row.username for row in rows} == {one.username for one in wanted}
        assert [type(row.created_at) for row in rows] == [
            type(one.created_at) for one in User.objects.filter(pk__in=ids)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert all(not hasattr(row, "student_profile") for row in rows)
        assert not queries.captured_queries, "what was joined is asked for again"


def test_tuples_stay_tuples(people):
    of = Prepared(lambda *, pk: User.objects.filter(pk=pk).values_list("pk", "username"))
    assert of(pk=people[2].pk) == [(people[2].pk, "orang2")]


def test_query_is_written_once_for_each_shape(people):
    """Else it saves nothing: writing it is what costs."""
    written = []

    def make(role, *, ids):
        written.append((role, len(ids)))
        return User.objects.filter(role=role, pk__in=ids)

    of = Prepared(make)
    assert of("student", ids=(people[0].pk,)) == [people[0]]
    assert of("student", ids=(people[1].pk,)) == [people[1]]
    assert len(of("student", ids=[one.pk for one in people[:3]])) == 3
    assert len(of("student", ids=[one.pk for one in people[:4]])) == 4
    assert of("lecturer", ids=(people[0].pk,)) == []
    assert written == [("student", 1), ("student", 4), ("lecturer", 1)]


def test_shape_without_rows_asks_nothing(django_assert_num_queries):
    of = Prepared(lambda *, ids: User.objects.filter(pk__in=ids))
    with django_assert_num_queries(0):
        assert of(ids=()) == []


def test_value_that_is_not_asked_for_is_a_mistake_of_ours(people):
    """Else a condition that was forgotten would let everybody see everything."""
    of = Prepared(lambda *, pk, owner: User.objects.filter(pk=pk))
    with pytest.raises(ValueError, match="owner"):
        of(pk=people[0].pk, owner=1)


@pytest.mark.smoke
@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**30, -(2**63), -(10**30)])
def test_number_that_no_key_can_have_fits_nobody(number):
    """Else an address with a long number is an error page on SQLite, which can't hold it."""
    of = Prepared(lambda *, ids, pk: User.objects.filter(pk__in=ids, pk=pk))
    assert of(ids=(number, 1), pk=number) == []
