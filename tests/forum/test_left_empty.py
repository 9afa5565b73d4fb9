"""What was left empty is said by the page, at the field; a browser would say it in its own words."""

import re

import pytest

from tests.conftest import enter
from tests.forum import cast
from tests.forum.test_view_writing import HTMX

pytestmark = pytest.mark.django_db


def form_to(page: str, address: str) -> str:
    """The form of the page that sends to ``address``."""
    return re.search(rf'<form\s[^>]*action="{re.escape(address)}".*?</form>', page, re.DOTALL)[0]


def is_checked_here(form: str) -> bool:
    """Whether the browser leaves it to us, and shows none of its own bubbles."""
    return " novalidate" in " ".join(form.partition(">")[0].split())


@pytest.mark.parametrize(
    ("act", "values", "shown"),
    [
        (
            "t/{thread}/reply/",
            {"body": " ", "is_anonymous": "on"},
            ("Tulis sesuatu dulu.", "checked"),
        ),
        ("c/{slug}/new/", {"title": "", "body": "Isinya"}, ("Beri utas ini judul.", "Isinya")),
        ("c/{slug}/new/", {"title": "Judulnya", "body": ""}, ("Tulis sesuatu dulu.", "Judulnya")),
        ("t/{thread}/change/", {"title": "", "tags": "nyeri"}, ("Beri utas ini judul.", "nyeri")),
        ("posts/{post}/edit/", {"body": ""}, ("Tulis sesuatu dulu.", "edit-error")),
        ("posts/{post}/report/", {"note": "Kasar"}, ("Pilih apa yang salah", "Kasar")),
        ("posts/{post}/unmask/", {"reason": " "}, ("Sebutkan alasannya", "reason_error")),
    ],
    ids=["reply", "title", "text", "change", "edit", "report", "unmask"],
)
def test_page_says_itself_what_was_left_empty(client, made, act, values, shown):
    """Else a bubble says it in the language of the browser, which is often another one."""
    post = cast.answer(cast.person("shy"), made, is_anonymous=True)
    path = act.format(thread=made.pk, post=post.pk, slug=made.category.slug)
    address = f"/forum/{path}"
    enter(client, cast.person("admin", "super_admin"))
    page = client.get(address).text
    assert is_checked_here(form_to(page, address))
    answer = client.post(address, values)
    assert answer.status_code == 422
    form = form_to(answer.text, address)
    assert [text for text in shown if text not in form] == []
    assert is_checked_here(form)


def test_reply_left_empty_comes_back_in_its_place(writer, made):
    address = f"/forum/t/{made.pk}/reply/"
    assert is_checked_here(form_to(writer.get(made.get_absolute_url()).text, address))
    part = writer.post(address, {"body": ""}, headers=HTMX)
    assert part.status_code == 422
    assert 'aria-invalid="true"' in part.text
    assert "Tulis sesuatu dulu." in part.text
