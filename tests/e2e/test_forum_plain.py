"""The forum without script, and what people typed where the office repairs."""

import pytest
from playwright.sync_api import expect

from forum.models import Draft, Post, PostMark, Report
from forum.services import marks
from tests.e2e.conftest import NARROW, WIDE
from tests.e2e.test_forum import ATTACK
from tests.forum import cast
from tests.forum.test_markup import INJECTIONS


@pytest.fixture
def plain(visit, faculty):
    visitor = visit(width=NARROW, java_script_enabled=False)
    visitor.enter(faculty["student"])
    return visitor


@pytest.fixture
def made(faculty):
    return cast.thread(faculty["lecturer"], cast.category("umum"), title="Nyeri dada")


def menu(page, text: str):
    page.locator("article", has_text=text).get_by_text("Lainnya").click()
    return page.locator("main")


def test_reply_is_changed_without_script(plain, faculty, made):
    """Else who blocks scripts can write a mistake, and not mend it."""
    cast.answer(faculty["student"], made, "Salah ketk")
    page = plain.page
    plain.open(made.get_absolute_url())
    menu(page, "Salah ketk").get_by_role("link", name="Ubah").click()
    field = page.locator("main textarea")
    expect(field).to_have_value("Salah ketk")
    field.fill("[" * 2000)
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("main [role=alert]")).to_contain_text("Sederhanakan")
    expect(page.locator("main textarea")).to_have_value("[" * 2000)
    page.locator("main textarea").fill("Sudah benar")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("article", has_text="Sudah benar")).to_be_visible()
    assert Post.objects.get(number=1).html == "<p>Sudah benar</p>"


def test_post_is_saved_reported_and_a_thread_followed_without_script(plain, faculty, made):
    cast.answer(faculty["lecturer"], made, "Beli obat murah")
    page = plain.page
    plain.open(made.get_absolute_url())
    menu(page, "Beli obat").get_by_role("button", name="Simpan").click()
    assert PostMark.objects.get().kind == "bookmark"
    menu(page, "Beli obat").get_by_role("link", name="Laporkan").click()
    page.get_by_label("Iklan atau di luar topik").check()
    page.locator("main button[type=submit]").last.click()
    assert Report.objects.get().reason == "spam"
    page.locator("main form[action$='/follow/'] button").click()
    expect(page.locator("main form[action$='/follow/'] button")).to_contain_text("Mengikuti")
    plain.open("/forum/bookmarks/")
    expect(page.locator("main")).to_contain_text("Beli obat murah")


def test_thread_waits_as_a_draft_without_script(plain, made):
    page = plain.page
    plain.open("/forum/c/umum/new/")
    page.fill("[name=title]", "Belum selesai")
    page.fill("[name=tags]", "ujian")
    page.check("[name=is_private]")
    page.get_by_role("button", name="Simpan sebagai konsep").click()
    assert Draft.objects.get().details == {"is_private": "on", "tags": "ujian"}
    page.get_by_role("link", name="Belum selesai").click()
    expect(page.locator("[name=title]")).to_have_value("Belum selesai")
    expect(page.locator("[name=is_private]")).to_be_checked()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_what_people_type_runs_not_in_the_repair_desk_either(visit, faculty, width):
    """Else a student's post acts in the name of the super admin who looks at its row."""
    student = faculty["student"]
    where = cast.category("umum", description=ATTACK[:300])
    where.name = ATTACK[:100]
    where.save()
    made = cast.thread(student, where, title=ATTACK[:255], tags=["<img src=x>", '"><script>'])
    for text in (*INJECTIONS, ATTACK):
        cast.answer(student, made, text + " teks")
    post = Post.objects.filter(depth=1).latest("pk")
    marks.report(reporter=student, post=post, reason="spam", note=ATTACK[:500])
    visitor = visit(width=width)
    visitor.enter(faculty["super_admin"])
    for model, pk in (
        ("forumcategory", where.pk),
        ("thread", made.pk),
        ("post", post.pk),
        ("report", Report.objects.get().pk),
    ):
        for path in ("", "?q=%3Cscript%3Ewindow.hit=1%3C/script%3E", f"{pk}/change/"):
            address = f"/admin/forum/{model}/{path}"
            assert visitor.open(address).status == 200, address
            assert visitor.page.evaluate("window.hit") is None, address
            strange = "iframe, [onerror], [onload], [hx-get], [data-hx-post], svg[onload]"
            assert visitor.page.locator(f"#content :is({strange})").count() == 0, address
    visitor.open("/forum/reports/")
    assert visitor.page.evaluate("window.hit") is None
    expect(visitor.page.locator("main")).to_contain_text("<script>")
    assert not visitor.troubles
