"""Passwords from another system: safe at once, known at the door, and no sign of whose is old."""

import hashlib

import bcrypt
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.core.management import call_command
from django.test import Client

from accounts.errors import UnknownHash
from accounts.models import User
from accounts.services import old_hashes
from isme import settings as production  # noqa: TID251 (what the tests do not run under)
from tests.conftest import PASSWORD, enter, make_user

LOGIN = "/accounts/login/"
pytestmark = pytest.mark.django_db


def pbkdf2(password: str) -> str:
    return PBKDF2PasswordHasher().encode(password, "saltsaltsaltsaltsalt12", 1000)


def php(password: str) -> str:
    """As password_hash() of PHP writes it."""
    return (
        bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")
    )


def md5(password: str) -> str:
    return hashlib.md5(password.encode()).hexdigest()


KINDS = [pbkdf2, php, md5]


@pytest.fixture(autouse=True)
def look_anew():
    """Each test has a database of its own; a process looks at it once in ten minutes."""
    old_hashes._Seen.at = -old_hashes.LOOK_AGAIN_SECONDS


def sign_in(password: str = PASSWORD, login: str = "nadia"):
    return Client().post(LOGIN, {"login": login, "password": password})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "password", [PASSWORD, "short", "🐎" * 40, "  spaces  ", "p$with$dollars"]
)
def test_wrapped_hash_knows_its_password(kind, password):
    encoded = old_hashes.wrap(kind(password))
    assert len(encoded) <= User._meta.get_field("password").max_length
    assert kind(password) not in encoded
    assert check_password(password, encoded)
    assert not check_password("x" + password[1:], encoded)


@pytest.mark.parametrize("kind", KINDS)
def test_next_sign_in_makes_it_plain_argon2(user: User, kind):
    User.objects.update(password=old_hashes.wrap(kind(PASSWORD)))
    assert sign_in().status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id")
    assert sign_in().status_code == 302


def test_wrong_password_changes_nothing(user: User):
    old = old_hashes.wrap(md5(PASSWORD))
    User.objects.update(password=old)
    assert sign_in("guess").status_code == 200
    user.refresh_from_db()
    assert user.password == old


def test_weaker_argon2_is_renewed_too(user: User, settings):
    """Else the day the cost is raised changes nothing for whoever has a password already."""
    assert "m=8,t=1,p=1" in user.password  # as all tests make them
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    assert sign_in().status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password(PASSWORD, user.password)


@pytest.mark.parametrize(
    "text", ["", "x", "$2y$10$short", "pbkdf2_sha256$x$y$z", md5("x").upper()]
)
def test_unknown_hash_is_refused_not_guessed(text):
    with pytest.raises(UnknownHash):
        old_hashes.wrap(text)


def test_command_wraps_all_and_signs_nobody_out(capsys):
    people = {kind: make_user(f"old{number}") for number, kind in enumerate(KINDS)}
    clients = [enter(Client(), user) for user in people.values()]
    for kind, user in people.items():
        User.objects.filter(pk=user.pk).update(password=kind(PASSWORD))
    modern = make_user("modern")
    before = modern.password

    call_command("wrap_password_hashes")

    assert "3 hashes wrapped." in capsys.readouterr().out
    kinds = set(User.objects.values_list("password", flat=True))
    assert {encoded.split("$")[0] for encoded in kinds} == {
        "argon2",
        "argon2_pbkdf2",
        "argon2_bcrypt",
        "argon2_md5",
    }
    modern.refresh_from_db()
    assert modern.password == before
    assert [client.get("/dashboard/").status_code for client in clients] == [200] * 3
    call_command("wrap_password_hashes")
    assert "0 hashes wrapped." in capsys.readouterr().out


def test_password_changed_meanwhile_stays(user: User):
    User.objects.update(password=md5(PASSWORD))
    work = old_hashes.wrap_all()
    changed = make_password("tujuh kuda makan rumput")
    rows = old_hashes.User.objects.filter(pk=user.pk)
    seen = list(rows.values_list("password", flat=True))
    assert seen == [md5(PASSWORD)]
    real = old_hashes.wrap

    def slow(encoded: str) -> str:
        rows.update(password=changed)
        return real(encoded)

    old_hashes.wrap = slow
    try:
        assert list(work) == [False]
    finally:
        old_hashes.wrap = real
    user.refresh_from_db()
    assert user.password == changed
