"""EMAIL_URL: a wrong one is refused before it loses mails or shows a password to the network."""

import pytest

from isme import mail_url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "must start"),
        ("https://mail.example", "must start"),
        ("smtp://", "no mail server"),
        ("smtp://isme:secret@mail.example", "in the open"),
        ("file:///var/mail", "where people wait"),
        ("console:", "where people wait"),
    ],
)
def test_production_refuses(url, why):
    assert why in mail_url.complaint(url, real=True)


@pytest.mark.parametrize(
    "url",
    [
        "smtps://isme:secret@mail.example",
        "smtp://isme:secret@mail.example?tls=1",
        "smtp://isme:secret@localhost:2525",
        "smtp://mail.example:25",
    ],
)
def test_production_takes(url):
    assert mail_url.complaint(url, real=True) == ""


@pytest.mark.parametrize("url", ["file:///tmp/mail", "console:", "memory:"])
def test_laptop_takes(url):
    assert mail_url.complaint(url, real=False) == ""
    assert mail_url.settings_of(url)["EMAIL_BACKEND"].startswith("django.core.mail")


def test_settings_of_a_server():
    found = mail_url.settings_of("smtp://is%40me:s%2Fcret@mail.example?tls=1")
    assert found["EMAIL_HOST_USER"] == "is@me"
    assert found["EMAIL_HOST_PASSWORD"] == "s/cret"
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (
        587,
        True,
        False,
    )
    implicit = mail_url.settings_of("smtps://mail.example")
    assert (implicit["EMAIL_PORT"], implicit["EMAIL_USE_SSL"]) == (465, True)
