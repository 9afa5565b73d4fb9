"""Two people who were never here talk: one on a phone in Indonesian, one at a desk in English."""

import re

import pytest
from playwright.sync_api import expect

from forum.models import Post, Thread
from isme.lib import jobs
from isme.lib.models import Job
from tests.e2e.conftest import NARROW
from tests.forum import cast


def work() -> None:
    """What the workers have to do meanwhile."""
    for pk in Job.objects.filter(state="pending", kind__startswith="notifications.").values_list(
        "pk", flat=True
    ):
        jobs.run(pk)


@pytest.fixture
def phone(visit, faculty):
    visitor = visit(width=NARROW, has_touch=True)
    visitor.enter(faculty["student"])
    return visitor


@pytest.fixture
def desk(visit, faculty):
    visitor = visit(locale="en-US")
    visitor.enter(faculty["lecturer"])
    return visitor


def ask(page) -> None:
    """From the list of categories to an open question, with nothing but what is on the screen."""
    page.goto("/forum/")
    page.get_by_text("Umum").click()
    page.get_by_role("link", name="Utas baru").first.click()
    page.get_by_label("Judul").fill("Kenapa nyeri menjalar?")
    page.get_by_label(re.compile("^Isi")).fill("Ke **lengan** kiri, misalnya.")
    page.get_by_label("Label").fill("kardiologi")
    page.get_by_label(re.compile("Pertanyaan")).check()
    page.get_by_label("Anonim", exact=True).check()
    page.get_by_role("button", name="Buka utas").click()
    expect(page.locator("h1")).to_have_text("Kenapa nyeri menjalar?")


def answer(desk, address: str) -> None:
    """From the notice to an answer that a lecturer stands up for; nobody is named."""
    desk.open("/notifications/")
    expect(desk.page.locator("main")).to_contain_text("Anonymous 1 opened")
    desk.page.get_by_role("link", name=re.compile("Kenapa nyeri")).first.click()
    expect(desk.page).to_have_url(re.compile(address))
    expect(desk.page.locator(".opening")).to_contain_text("Anonymous 1")
    assert "Nadia" not in desk.page.content()
    desk.page.fill("#write [name=body]", "Satu segmen saraf.")
    desk.page.locator("#write [name=body]").press("Control+Enter")
    post = desk.page.locator("#replies article", has_text="Satu segmen")
    expect(post).to_be_visible()
    post.get_by_text("More").click()
    desk.page.get_by_role("button", name="Endorse").click()
    expect(post).to_contain_text("Endorsed by a lecturer")
    work()


def test_question_on_a_phone_is_answered_at_a_desk_and_accepted(phone, desk):
    """Else they go on in a chat group, where nobody finds it again."""
    cast.category("umum")
    ask(phone.page)
    assert phone.overflow() == []
    thread = Thread.objects.get()
    assert (thread.is_question, thread.is_anonymous, thread.tags) == (True, True, "|kardiologi|")
    work()

    answer(desk, thread.get_absolute_url())

    phone.open("/dashboard/")
    expect(phone.page.locator("main")).to_contain_text("membalas Anda")
    phone.open(f"{thread.get_absolute_url()}unread/")
    post = Post.objects.get(number=1)
    expect(phone.page).to_have_url(re.compile(f"#p{post.pk}$"))
    expect(phone.page.locator(f"#p{post.pk} mark")).to_have_text("Baru")
    phone.page.locator(f"#p{post.pk}").get_by_text("Lainnya").click()
    phone.page.get_by_role("button", name="Jadikan jawaban").click()
    expect(phone.page.locator(f"#p{post.pk} header strong")).to_contain_text("diterima")
    assert phone.overflow() == []
    desk.page.reload()
    expect(desk.page.locator("main")).to_contain_text("To the accepted answer")
    assert not phone.troubles
    assert not desk.troubles


def test_anonymous_draft_begun_on_a_phone_is_sent_at_a_desk(phone, visit, faculty):
    """Else what one writes in the bus is lost, or sent at home under one's name."""
    made = cast.thread(faculty["lecturer"], cast.category("umum"))
    page = phone.page
    phone.open(made.get_absolute_url())
    page.get_by_label("Anonim", exact=True).check()
    page.fill("#write [name=body]", "Di bus saya mulai menulis")
    expect(page.locator("#write [data-draft]")).to_contain_text("Konsep tersimpan")

    home = visit()
    home.enter(faculty["student"])
    home.open("/forum/drafts/")
    home.page.get_by_role("link", name=made.title).click()
    expect(home.page.locator("[name=body]")).to_have_value("Di bus saya mulai menulis")
    home.page.locator("#write .btn--primary").click()
    expect(home.page.locator("article", has_text="Di bus")).to_be_visible()
    assert Post.objects.get(number=1).pseudonym == 1
    home.open("/forum/drafts/")
    expect(home.page.locator("main")).to_contain_text("Tidak ada konsep")
    assert not home.troubles
