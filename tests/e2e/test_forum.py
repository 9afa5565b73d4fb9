"""The forum in a browser: people talk, and what they type never runs."""

import re

import pytest
from playwright.sync_api import expect

from forum.models import Post, Thread
from tests.e2e.conftest import NARROW, WIDE, inspect
from tests.forum import cast
from tests.forum.test_markup import INJECTIONS

ATTACK = (
    "<script>window.hit=1</script><img src=x onerror=window.hit=1>"
    "<svg onload=window.hit=1><b hx-get=/forum/ hx-trigger=load data-hx-post=/x>x</b>"
)


@pytest.fixture
def talk(faculty):
    cast.category("umum")
    lecturer = faculty["lecturer"]
    made = cast.thread(lecturer, title="Nyeri dada")
    cast.answer(lecturer, made, "Silakan bertanya")
    return made


def test_two_people_talk_on_a_phone_and_a_desktop(visit, faculty, talk):
    """Else a question asked in the bus gets no answer at the desk."""
    phone, desk = visit(width=NARROW, has_touch=True), visit(locale="en-US")
    phone.enter(faculty["student"])
    desk.enter(faculty["lecturer"])
    phone.open(talk.get_absolute_url())
    page = phone.page
    page.locator(".replies article").first.get_by_text("Balas").click()
    page.fill("#write [name=body]", "Kenapa ke **lengan** kiri?")
    page.locator("#write .btn--primary").click()
    expect(page.locator("#count")).to_contain_text("2 balasan")
    expect(page.locator(".replies details article")).to_contain_text("Kenapa ke lengan kiri?")
    expect(page.locator("#write [name=body]")).to_have_value("")
    assert phone.overflow() == []

    desk.open(talk.get_absolute_url())
    question = desk.page.locator("article", has_text="Kenapa ke")
    expect(question.locator("mark")).to_have_text("New")
    question.locator("footer button").click()
    expect(question.locator("footer button")).to_have_text("1 like")
    desk.page.keyboard.press("Escape")
    question.get_by_text("Reply").click()
    desk.page.fill("#write [name=body]", "Satu segmen saraf.")
    desk.page.locator("#write [name=body]").press("Control+Enter")
    expect(desk.page.locator("#count")).to_contain_text("3 replies")

    page.reload()
    expect(page.locator(".replies details details article")).to_contain_text("Satu segmen")
    assert Post.objects.filter(depth=3).count() == 1
    assert not phone.troubles
    assert not desk.troubles


def test_everything_works_without_script(visit, faculty, talk):
    visitor = visit(java_script_enabled=False)
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(talk.get_absolute_url())
    page.locator(".replies article footer button").first.click()
    expect(page.locator(".replies article footer button").first).to_have_text("1 Suka")
    page.locator(".replies article").first.get_by_text("Balas").click()
    page.fill("[name=body]", "Tanpa skrip")
    page.locator("#write .btn--primary").click()
    expect(page.locator("article", has_text="Tanpa skrip")).to_be_visible()
    page.locator("article", has_text="Tanpa skrip").get_by_text("Lainnya").click()
    page.locator("button.bad").click()
    expect(page.locator("article", has_text="Tanpa skrip")).to_have_count(0)
    assert Post.objects.get(number=2).state == "deleted"


def test_post_is_edited_saved_and_deleted_in_place(visit, faculty, talk):
    visitor = visit()
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(talk.get_absolute_url())
    page.fill("#write [name=body]", "Salah ketk")
    page.locator("#write .btn--primary").click()
    mine = page.locator("article", has_text="Salah ketk")
    mine.get_by_text("Lainnya").click()
    page.click("#post-menu [data-edit-link]")
    page.fill("form[data-edit] textarea", "Sudah benar")
    page.click("form[data-edit] .btn--primary")
    mine = page.locator("article", has_text="Sudah benar")
    expect(mine).to_be_visible()
    mine.get_by_text("Lainnya").click()
    page.click("#post-menu button:has-text('Simpan')")
    expect(mine).to_contain_text("Tersimpan")
    mine.get_by_text("Lainnya").click()
    page.click("#post-menu .bad")
    expect(page.locator(".post--gone")).to_be_visible()
    assert not visitor.troubles


def test_refused_reply_is_explained_in_place(visit, faculty, talk):
    visitor = visit()
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(talk.get_absolute_url())
    page.fill("#write [name=body]", "[" * 2000)
    page.locator("#write .btn--primary").click()
    expect(page.locator("#write [role=alert]")).to_contain_text("Sederhanakan")
    expect(page.locator("#write [name=body]")).to_have_value("[" * 2000)
    page.fill("#write [name=body]", "Lebih sederhana")
    page.locator("#write .btn--primary").click()
    expect(page.locator("article", has_text="Lebih sederhana")).to_be_visible()
    assert Post.objects.filter(depth=1).count() == 2


def test_keys_move_like_and_answer(visit, faculty, talk):
    visitor = visit()
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(talk.get_absolute_url())
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".replies article")).to_have_class(re.compile("is-here"))
    page.keyboard.press("l")
    expect(page.locator(".replies article footer button")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("k")
    page.keyboard.press("r")
    expect(page.locator("#write [name=body]")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert not visitor.troubles


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_what_people_type_runs_nowhere(visit, faculty, width):
    """Stored scripts were the predecessor's: a post could act in the name of its reader."""
    student = faculty["student"]
    student.name = f"<b onmouseover=window.hit=1>N</b>{ATTACK}"[:150]
    student.save()
    where = cast.category("umum", description=ATTACK[:300])
    where.name = ATTACK[:100]
    where.save()
    made = cast.thread(student, title=ATTACK[:255], tags=["<img src=x>", '"><script>'])
    for text in (*INJECTIONS, ATTACK):
        cast.answer(student, made, text + " teks")
    visitor = visit(width=width)
    visitor.enter(faculty["office"])
    page = visitor.page
    made = Thread.objects.get()
    reply = Post.objects.filter(depth=1).last()
    for path in (
        "/forum/",
        where.get_absolute_url(),
        f"{where.get_absolute_url()}?q={'<script>'}",
        made.get_absolute_url(),
        f"{made.get_absolute_url()}?sort=newest",
        f"{made.get_absolute_url()}manage/",
        f"{made.get_absolute_url()}change/",
        f"{made.get_absolute_url()}readers/",
        f"{made.get_absolute_url()}reply/?parent={reply.pk}",
        f"/forum/posts/{reply.pk}/menu/",
        f"/forum/posts/{reply.pk}/edit/",
        f"/forum/posts/{reply.pk}/history/",
        "/forum/search/?q=teks",
        "/forum/search/?q=%22%3E%3Cscript%3Ewindow.hit=1%3C/script%3E",
    ):
        visitor.open(path)
        assert page.evaluate("window.hit") is None, path
        strange = "main script, main iframe, main [onerror], main [onload], .post [hx-get], .post [style]"
        assert page.locator(strange).count() == 0, path
    visitor.open(made.get_absolute_url())
    page.fill("#write [name=body]", ATTACK)
    page.click("[data-show-preview]")
    expect(page.locator("[data-preview]")).to_contain_text("<script>")
    page.locator("#write .btn--primary").click()
    expect(page.locator("#count")).to_contain_text(str(len(INJECTIONS) + 2))
    page.locator(".replies article").first.get_by_text("Lainnya").click()
    expect(page.locator("#post-menu a").first).to_be_visible()
    assert page.evaluate("window.hit") is None
    assert not visitor.troubles


def test_forum_is_accessible_and_fits(visit, faculty, talk, looked_at):
    visitor = visit(color_scheme="light")
    visitor.enter(faculty["office"])
    cast.grown(faculty["lecturer"], 30)
    problems = []
    for path in (
        "/forum/",
        "/forum/c/umum/",
        "/forum/c/umum/new/",
        Thread.objects.latest("pk").get_absolute_url(),
        talk.get_absolute_url(),
        f"{talk.get_absolute_url()}manage/",
        f"/forum/posts/{Post.objects.latest('pk').pk}/menu/",
        "/forum/search/?q=dada",
        "/forum/drafts/",
        "/forum/categories/new/",
    ):
        visitor.resize(WIDE)
        visitor.open(path)
        problems += [f"{path} {one}" for one in inspect(visitor, "forum", looked_at)]
    assert not problems, "\n".join(problems)
    assert not visitor.troubles


def test_people_of_a_private_thread_are_found_by_name(visit, faculty, talk):
    """Else one must know the numbers of those to whom one wants to write."""
    cast.person("mhs7", name="Zulaikha Putri")
    visitor = visit()
    visitor.enter(faculty["lecturer"])
    visitor.open(f"{talk.get_absolute_url()}change/")
    field = visitor.page.locator("[name=allowed]")
    field.press_sequentially("zulai")
    expect(visitor.page.locator(".suggest button")).to_contain_text("Zulaikha Putri")
    field.press("Enter")
    expect(field).to_have_value("mhs7, ")
    expect(visitor.page.locator(".suggest")).to_have_count(0)
    assert not visitor.troubles
