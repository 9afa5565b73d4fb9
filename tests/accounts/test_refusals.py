"""Promise 4: whoever is refused costs the same work, so that nobody shows by how it is done.

Counted at the door and at the page for forgotten passwords: every password hash (the inner ones
of imported hashes too), every query, every exchange with a Redis.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher
from django.test import Client
from django.utils import timezone

from accounts.hashers import WrappedHasher
from accounts.models import SignInEvent, SignInSession, User
from accounts.services import old_hashes
from accounts.services import sign_in as sign_in_module
from isme.lib import timing
from tests.accounts.door import LOGIN
from tests.conftest import PASSWORD, make_user

RESET = "/accounts/password/reset/"
PEOPLE = ["known", "unknown", "deactivated", "unusable", "imported", "one-time"]
pytestmark = pytest.mark.django_db


def imported_hash() -> str:
    plain = PBKDF2PasswordHasher().encode(PASSWORD, "saltsaltsaltsaltsalt12", 1000)
    return old_hashes.wrap(plain)


@pytest.fixture(autouse=True)
def look_anew():
    """Each test has a database of its own; a process looks at it once in ten minutes."""
    old_hashes._Seen.at = -old_hashes.LOOK_AGAIN_SECONDS
    old_hashes._Seen.encoded = ""
    sign_in_module._nobodys_hash()


@pytest.fixture
def hashes(monkeypatch) -> Counter[str]:
    """Every hash that is computed, whoever asks for it: an outer and, of wrapped ones, an inner."""
    counted: Counter[str] = Counter()

    def watch(owner: type, name: str, kind: str) -> None:
        real = getattr(owner, name)

        def work(*args, **kwargs):
            counted[kind] += 1
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, work)

    watch(Argon2PasswordHasher, "verify", "outer")
    watch(Argon2PasswordHasher, "encode", "outer")
    for hasher in WrappedHasher.__subclasses__():
        watch(hasher, "inner", "inner")
    return counted


def person(kind: str, username: str = "nadia") -> None:
    """Somebody of this ``kind`` with that name; nobody for "unknown"."""
    if kind == "unknown":
        return
    user = make_user(username)
    user.identifiers.create(kind="email", value=f"{username}@isme.example")
    user.proved_email, user.email_proved_at = f"{username}@isme.example", timezone.now()
    if kind == "deactivated":
        user.is_active = False
    elif kind == "unusable":
        user.set_unusable_password()
    elif kind == "imported":
        user.password = imported_hash()
    elif kind == "one-time":
        user.must_change_password, user.password_expires_at = True, "2020-01-01T00:00Z"
    user.save()


@dataclass
class Answer:
    """What one request came to: all that somebody outside could measure."""

    status: int
    text: str
    retry_after: str | None
    cookies: list[str]
    queries: int
    exchanges: int
    hashes: dict[str, int]


def measured(hashes: Counter[str], send: Callable[[], object]) -> Answer:
    hashes.clear()
    with timing.counting() as cost:
        response = send()
    lines = [line for line in response.text.splitlines() if "csrfmiddlewaretoken" not in line]
    return Answer(
        response.status_code,
        "\n".join(lines) + str(response.get("Location")),
        response.get("Retry-After"),
        sorted(response.cookies),
        cost.queries,
        cost.exchanges,
        dict(hashes),
    )


def knock(password: str = "guess", login: str = "nadia"):
    return Client().post(LOGIN, {"login": login, "password": password})


def ask(login: str = "nadia"):
    return Client().post(RESET, {"login": login})


@pytest.mark.parametrize("others", ["all plain", "some imported"])
@pytest.mark.parametrize("kind", PEOPLE)
def test_refused_sign_in_costs_the_same_for_everybody(clock, hashes, kind, others):
    person(kind)
    if others == "some imported":
        person("imported", "budi")
    knock(login="warm-up")

    answer = measured(hashes, knock)

    imported = kind == "imported" or others == "some imported"
    assert answer.hashes == {"outer": 1, **({"inner": 1} if imported else {})}
    assert answer.queries == 3, "who that is, the note, the record"
    assert answer.exchanges == 1, "the limit"
    assert (answer.status, answer.retry_after, answer.cookies) == (200, None, ["csrf"])
    assert "tidak cocok" in answer.text
    assert SignInEvent.objects.filter(kind="refused").count() == 2
    assert not SignInSession.objects.exclude(secret_hash="").exists()


@pytest.mark.parametrize("kind", ["unknown", "deactivated"])
def test_right_password_of_a_closed_account_is_as_wrong_as_any(clock, hashes, kind):
    """Else who has a list of leaked passwords learns which accounts were closed."""
    person(kind)
    knock(login="warm-up")
    answer = measured(hashes, lambda: knock(PASSWORD))
    assert (answer.hashes, answer.queries, answer.exchanges) == ({"outer": 1}, 3, 1)
    assert "tidak cocok" in answer.text


@pytest.mark.parametrize("kind", ["known", "unknown", "deactivated", "imported"])
def test_throttled_sign_in_costs_the_same_for_everybody(clock, hashes, kind):
    """Whether a name must wait doesn't tell whether it exists, and no hash is spent on it."""
    person(kind)
    for _try in range(6):
        knock()
    answer = measured(hashes, knock)
    assert (answer.status, answer.retry_after) == (429, "30")
    assert (answer.hashes, answer.queries, answer.exchanges) == ({}, 1, 2)


@pytest.mark.parametrize("kind", [*PEOPLE, "without e-mail"])
def test_asking_for_a_new_password_costs_the_same_for_everybody(clock, hashes, kind):
    person("known" if kind == "without e-mail" else kind)
    if kind == "without e-mail":
        User.objects.update(proved_email="", email_proved_at=None)
    ask("warm-up")
    answer = measured(hashes, ask)
    assert (answer.status, answer.cookies, answer.hashes) == (302, [], {})
    assert answer.text == f"{RESET}sent/"
    assert answer.queries == 4, "the job: look, savepoint, insert, release"
    assert answer.exchanges == 3, "two for the known address, one for the new name"


@pytest.mark.parametrize("kind", ["known", "unknown", "deactivated", "imported"])
def test_throttled_reset_costs_the_same_for_everybody(clock, hashes, kind):
    person(kind)
    for _try in range(3):
        ask()
    answer = measured(hashes, ask)
    assert answer.status == 429
    assert int(answer.retry_after or 0) > 0
    assert (answer.hashes, answer.queries, answer.exchanges) == ({}, 0, 4)
