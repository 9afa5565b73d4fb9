"""A form takes effect once: nobody posts, pays or books twice by pressing twice."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from isme.lib.idempotency import OnceForm, once
from isme.lib.models import Heartbeat, IdempotencyKey


class Effect:
    """Counts its runs and writes one row each time."""

    def __init__(self, location="/one/"):
        self.runs = 0
        self.location = location

    def __call__(self):
        self.runs += 1
        Heartbeat.objects.create(name=f"{self.location}{self.runs}", seen_at=timezone.now())
        return self.location


@pytest.mark.django_db
def test_second_press_gets_the_first_answer():
    first, second = Effect("/one/"), Effect("/two/")
    assert once(1, "k", first) == "/one/"
    assert once(1, "k", second) == "/one/"
    assert (first.runs, second.runs) == (1, 0)


@pytest.mark.django_db
def test_another_person_with_the_same_key_is_not_stopped():
    once(1, "k", Effect("/one/"))
    assert once(2, "k", Effect("/two/")) == "/two/"


@pytest.mark.django_db
def test_keys_that_differ_in_case_are_two():
    once(1, "k", Effect("/one/"))
    assert once(1, "K", Effect("/two/")) == "/two/"


@pytest.mark.django_db
def test_without_a_key_each_press_counts():
    effect = Effect()
    once(1, "", effect)
    once(1, "", effect)
    assert effect.runs == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 5000, "a\0b", "\ud800", "é ' OR 1=1"])
def test_odd_key_protects_all_the_same(key):
    effect = Effect()
    assert once(1, key, effect) == once(1, key, effect) == "/one/"
    assert effect.runs == 1


@pytest.mark.django_db
def test_effect_that_fails_leaves_the_key_unused():
    def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(1, "k", fail)
    assert IdempotencyKey.objects.count() == 0
    assert once(1, "k", Effect()) == "/one/"


@pytest.mark.django_db
def test_query_budget(django_assert_num_queries):
    with django_assert_num_queries(4):  # key, location, and the savepoint of a test
        once(1, "k", lambda: "/one/")


@pytest.mark.django_db(transaction=True)
def test_query_budget_of_a_press(django_assert_num_queries):
    with django_assert_num_queries(4):  # begin, key, location, commit
        once(1, "k", lambda: "/one/")
    with django_assert_num_queries(4):  # begin, the key is used, roll back, what it led to
        assert once(1, "k", lambda: "/two/") == "/one/"


def test_each_rendered_form_has_a_key_of_its_own():
    assert OnceForm()["idempotency_key"].value() != OnceForm()["idempotency_key"].value()


def test_refused_form_keeps_its_key():
    assert OnceForm({"idempotency_key": "k"})["idempotency_key"].value() == "k"


def test_odd_key_never_makes_a_form_invalid():
    assert OnceForm({"idempotency_key": "a\0b"}).is_valid()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_effect():
    inside, rival_waits = threading.Event(), threading.Event()
    answers, runs = [], []

    def slow():
        runs.append(1)
        inside.set()
        rival_waits.wait(1)  # the rival is at the key now, and must wait for our commit
        return "/one/"

    def press():
        try:
            answers.append(once(1, "k", slow))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    threads[0].start()
    inside.wait(5)
    threads[1].start()
    for thread in threads:
        thread.join(20)
    assert answers == ["/one/", "/one/"]
    assert runs == [1]
