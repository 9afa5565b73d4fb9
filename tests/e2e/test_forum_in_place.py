"""What changes in a thread without loading it anew looks as it will when it is loaded anew."""

import pytest
from playwright.sync_api import expect

from forum.choices import PostState
from forum.models import Post, PostMark
from forum.services.posts import set_state
from tests.e2e.conftest import NARROW
from tests.forum import cast


@pytest.fixture
def writer(faculty):
    """Whose threads they are; the student reads them."""
    cast.category("umum")
    return faculty["lecturer"]


def reply(page, text: str) -> None:
    page.fill("#write [name=body]", text)
    page.locator("#write .btn--primary").click()
    expect(page.locator("#replies article", has_text=text)).to_be_visible()


def anchors(page) -> list[str]:
    return page.eval_on_selector_all("#replies article.post", "all => all.map(one => one.id)")


def heads(page) -> list[str]:
    return page.locator("#replies summary").all_inner_texts()


@pytest.mark.parametrize("locale", ["id-ID", "en-US"])
def test_branches_count_a_new_reply_in_words(visit, faculty, writer, locale):
    """Else a branch is headed by a bare 1, or says 1 over two answers."""
    made = cast.thread(writer)
    first = cast.answer(writer, made, "Pertama")
    visitor = visit(locale=locale)
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(made.get_absolute_url())
    for text in ("Satu", "Dua"):
        page.locator(f"#p{first.pk} footer a").first.click()
        reply(page, text)
        shown = heads(page)
        page.reload()
        assert shown == heads(page)
        assert page.locator("#replies details article").count() == Post.objects.count() - 2
    assert not visitor.troubles


def test_own_reply_stands_once_when_the_rest_is_loaded(visit, faculty, writer):
    """Else a long thread shows what one wrote twice, and answers go to the wrong one."""
    made = cast.grown(writer, 230)
    visitor = visit(width=NARROW)
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(made.get_absolute_url())
    reply(page, "Dari bawah")
    own = f"p{Post.objects.latest('pk').pk}"
    page.locator(f"#{own} footer a").first.click()
    expect(page.locator("[data-to]")).to_be_visible()
    page.click("#more a")
    expect(page.locator("#more a")).to_have_count(0)
    ids = anchors(page)
    assert len(ids) == len(set(ids)) == 231
    assert ids[-1] == own
    expect(page.locator("#write")).to_be_visible()
    assert page.locator("#write [name=parent]").input_value() == ""
    assert not visitor.troubles


@pytest.mark.parametrize(("sort", "place"), [("newest", 0), ("liked", -1)])
def test_own_reply_stands_where_the_order_puts_it(visit, faculty, writer, sort, place):
    made = cast.thread(writer)
    first = cast.answer(writer, made, "Pertama")
    PostMark.objects.create(post=first, user=writer, kind="like")
    Post.objects.filter(pk=first.pk).update(like_count=1)
    visitor = visit()
    visitor.enter(faculty["student"])
    visitor.open(f"{made.get_absolute_url()}?sort={sort}")
    reply(visitor.page, "Kedua")
    shown = anchors(visitor.page)
    assert shown[place] == f"p{Post.objects.latest('pk').pk}"
    visitor.page.reload()
    assert anchors(visitor.page) == shown


def test_count_follows_what_is_deleted_hidden_and_shown(visit, faculty, writer):
    made = cast.thread(writer)
    post = cast.answer(writer, made, "Jawaban")
    cast.answer(writer, made, "Lagi", post)
    visitor = visit()
    visitor.enter(faculty["office"])
    page = visitor.page
    visitor.open(made.get_absolute_url())
    for act, count in (("Sembunyikan", 1), ("Tampilkan kembali", 2), ("Hapus", 1)):
        page.locator(f"#p{post.pk} footer a").last.click()
        page.get_by_role("button", name=act, exact=True).click()
        expect(page.locator("#count")).to_contain_text(f"{count} balasan")
    assert not visitor.troubles


def test_like_pressed_twice_at_once_is_one_like(visit, faculty, writer):
    """Else a double click on a slow line gives nothing."""
    post = cast.answer(writer, cast.thread(writer))
    visitor = visit()
    visitor.enter(faculty["student"])
    visitor.open(post.thread.get_absolute_url())
    visitor.page.locator(f"#p{post.pk} footer button").dblclick()
    expect(visitor.page.locator(f"#p{post.pk} footer button")).to_contain_text("1")
    visitor.page.wait_for_load_state("networkidle")
    post.refresh_from_db()
    assert post.like_count == 1
    assert not visitor.troubles


def test_reply_to_what_is_gone_meanwhile_keeps_what_was_typed(visit, faculty, writer):
    made = cast.thread(writer)
    post = cast.answer(writer, made, "Sebentar lagi hilang")
    visitor = visit()
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(made.get_absolute_url())
    page.locator(f"#p{post.pk} footer a").first.click()
    set_state(actor=writer, post_id=post.pk, state=PostState.DELETED)
    page.fill("#write [name=body]", "Jawaban saya yang panjang")
    page.locator("#write .btn--primary").click()
    expect(page.locator("#write [role=alert]")).to_be_visible()
    expect(page.locator("#write [name=body]")).to_have_value("Jawaban saya yang panjang")
    assert Post.objects.filter(author=faculty["student"]).count() == 0


def test_note_of_a_restored_reply_goes_when_it_is_sent(visit, faculty, writer):
    """Else "What you typed is here again" stands over an empty field, far from where one writes."""
    made = cast.grown(writer, 30)
    visitor = visit(width=NARROW)
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(made.get_absolute_url())
    page.fill("#write [name=body]", "Setengah jadi")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    note = page.locator("#restored")
    expect(note).to_be_in_viewport(ratio=1)
    assert note.bounding_box()["y"] >= page.locator("header.top").bounding_box()["height"]
    reply(page, "Setengah jadi")
    expect(note).to_be_hidden()
    expect(page.locator("#write [name=body]")).to_have_value("")
    assert not visitor.troubles


def test_refused_reply_is_kept_and_leaves_nothing_behind_when_it_is_sent(visit, faculty, writer):
    """Else who goes to look for the right file loses the text, or is named in the next reply."""
    made = cast.thread(writer)
    visitor = visit(width=NARROW)
    visitor.enter(faculty["student"])
    page = visitor.page
    visitor.open(made.get_absolute_url())
    page.fill("#write [name=body]", "Lihat lampiran")
    wrong = {"name": "x.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
    page.set_input_files("#write [name=files]", wrong)
    with page.expect_request("**/forum/drafts/save/"):  # two seconds after it was refused
        page.locator("#write .btn--primary").click()
        expect(page.locator("#write [role=alert]")).to_contain_text("x.exe")
    page.once("dialog", lambda dialog: dialog.accept())
    visitor.open("/dashboard/")
    visitor.open(made.get_absolute_url())
    expect(page.locator("#write [name=body]")).to_have_value("Lihat lampiran")

    page.set_input_files("#write [name=files]", wrong)
    page.check("#write [name=is_anonymous]")
    # As dragging its corner does: htmx must not copy it to the new form, which the policy forbids.
    page.locator("#write [name=body]").evaluate("field => { field.style.height = '200px' }")
    page.locator("#write .btn--primary").click()
    expect(page.locator("#write [role=alert]")).to_be_visible()
    page.set_input_files("#write [name=files]", [])
    reply(page, "Tanpa lampiran")
    expect(page.locator("#write [role=alert]")).to_have_count(0)
    expect(page.locator("#write [name=is_anonymous]")).not_to_be_checked()
    expect(page.locator("#write [name=body]")).to_have_value("")
    assert not [one for one in visitor.troubles if "Content Security Policy" in one]
