"""The parts that pages are composed of: each stands in the gallery, and does what it says."""

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.template import Context, Engine, TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from isme.lib import gallery, navigation, undo
from isme.lib.paging import Listing

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FOLDER = TEMPLATES / "components"
# What stands in the frame of every page, or is drawn by another part.
FRAME = {
    "acting",
    "base",
    "bell",
    "bell_part",
    "brand",
    "dock",
    "head",
    "header",
    "side",
    "theme_color",
}
PARTS = sorted(
    path.stem
    for path in FOLDER.glob("*.html")
    if not path.stem.startswith("_") and path.stem not in FRAME
)


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.fixture
def page(client: Client, settings) -> str:
    settings.ROOT_URLCONF = "tests.gallery_urls"
    response = client.get(gallery.PATH)
    assert response.status_code == 200
    return response.text


def test_gallery_is_only_for_development(client: Client, db):
    """Else everybody on the net finds a page that nobody looks after."""
    assert client.get(gallery.PATH).status_code == 404


def drawn_by(path: Path) -> set[str]:
    """The components that a template uses, and those that these use."""
    _says, text = path.read_text().split("#}", 1)
    direct = set(re.findall(r'"components/(\w+)\.html"', text))
    direct |= {"sort_head"} if "{% sort_head" in text else set()
    return direct | {n for one in direct for n in drawn_by(FOLDER / f"{one}.html") if n != one}


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_in_the_gallery(part):
    """Else the next person builds it a second time, or breaks it without seeing so."""
    shown = set().union(*(drawn_by(path) for path in (TEMPLATES / "gallery").glob("*.html")))
    assert part in shown


@pytest.mark.django_db
def test_gallery_shows_each_section(page):
    assert page.count("<section") >= len(gallery.SECTIONS)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids), "an id stands twice"


@pytest.mark.parametrize("part", [*PARTS, *sorted(FRAME - {"base"})])
def test_every_part_says_what_it_needs(part):
    """Else one reads the whole template to use it."""
    first = (FOLDER / f"{part}.html").read_text().splitlines()[0]
    assert re.match(r"\{# .+(Needs: |link home).*#\}$", first)


class BookForm(forms.Form):
    title = forms.CharField(label="Judul", help_text="Apa adanya.")
    year = forms.IntegerField(label="Tahun", required=False)
    kind = forms.ChoiceField(label="Jenis", choices=[("a", "A")], widget=forms.RadioSelect)

    def clean(self):
        raise ValidationError("Buku ini sudah ada.")


def test_refused_form_leads_to_each_field():
    """Else somebody with a screen reader hears "wrong" and searches the page for where."""
    html = render_to_string("components/form.html", {"form": BookForm({}), "submit": "Simpan"})
    assert 'role="alert" tabindex="-1" data-focus-first' in " ".join(html.split())
    assert re.search(r'<a\s+href="#id_title"\s*>Judul: ', html)
    assert re.search(r'<a\s+href="#id_kind"\s*>Jenis: ', html), "the group, not a missing input"
    assert "Buku ini sudah ada." in html
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html
    for told in re.findall(r'aria-describedby="([^"]+)"', html):
        assert all(f'id="{one}"' in html for one in told.split())


def test_only_what_must_be_filled_is_marked():
    html = render_to_string("components/form.html", {"form": BookForm(), "submit": "Simpan"})
    assert html.count('class="must"') == 2
    assert 'role="alert"' not in html
    quiet = {"field": BookForm()["title"], "unmarked": True}
    assert 'class="must"' not in render_to_string("components/field.html", quiet)


def listing(sort: str, page: int = 3) -> Listing:
    rows = Paginator(range(500), 50).get_page(page)
    kept = {"q": "a b", "sort": sort, "per_page": "20"}
    return Listing(page=rows, per_page=20, sort=sort, path="/x/", _kept=kept)


@pytest.mark.parametrize(
    ("sort", "first", "direction", "follows"),
    [
        ("name", "up", "ascending", "-name"),
        ("-name", "up", "descending", "name"),
        ("age", "up", None, "name"),
        ("age", "down", None, "-name"),
    ],
)
def test_sorted_column_turns_round_and_keeps_the_filters(sort, first, direction, follows):
    html = render(
        '{% load isme %}{% sort_head listing "Nama" up="name" down="-name" first=first %}',
        listing=listing(sort),
        first=first,
    )
    assert f'href="?q=a+b&amp;sort={follows}&amp;per_page=20"' in html
    found = re.search(r'aria-sort="(\w+)"', html)
    assert (found and found[1]) == direction


def test_taking_a_filter_off_keeps_the_order():
    html = render('{% load isme %}{{ listing|without:"q" }}', listing=listing("name"))
    assert html == "?sort=name&amp;per_page=20"


def test_pages_are_numbered_with_gaps():
    context = {"listing": listing("name", 5), "target": "#x"}
    with translation.override("id"):
        html = render_to_string("components/pagination.html", context)
    assert re.search(r'aria-current="page">5<', html)
    assert 'rel="prev"' in html
    assert 'rel="next"' in html
    assert html.count("…") == 2
    assert "201 sampai 250 dari 500" in html
    offered = re.findall(r'href="\?[^"]*page=(\d+)"', html)
    assert offered == ["4", "1", "4", "6", "10", "6"], "previous, pages, next"


def test_undo_leads_only_to_this_site(rf):
    for address in ("https://evil.example/", "//evil.example/", "x"):
        with pytest.raises(ValueError, match="path of this site"):
            undo.success_with_undo(rf.get("/"), "Saved.", address)


def test_message_offers_the_way_back(rf):
    from django.contrib.messages.storage.cookie import CookieStorage

    request = rf.get("/")
    request._messages = CookieStorage(request)
    undo.success_with_undo(request, "218 <b> rows", "/people/3/restore/")
    context = {"messages": request._messages, "csrf_token": "token-1"}
    html = render_to_string("components/messages.html", context)
    assert re.search(r'method="post"\s+action="/people/3/restore/"', html)
    assert 'value="token-1"' in html
    assert "218 &lt;b&gt; rows" in html
    assert html.index("messages--passing") < html.index("218")


def test_what_must_be_mended_does_not_pass_by(rf):
    """Else a refusal is gone before it is read."""
    from django.contrib import messages
    from django.contrib.messages.storage.cookie import CookieStorage

    request = rf.get("/")
    request._messages = CookieStorage(request)
    messages.error(request, "Refused.")
    html = render_to_string("components/messages.html", {"messages": request._messages})
    stays, _split, passing = html.partition("messages--passing")
    assert "Refused." in stays
    assert "Refused." not in passing


def test_header_shows_what_an_app_puts_there_and_nothing_else(signed_in, monkeypatch):
    """Else an empty bell or a search field that finds nothing stands on every page."""
    monkeypatch.setattr(navigation, "_header", {})
    assert 'class="find"' not in signed_in.get("/accounts/profile/").text
    navigation.add_header("gallery/_items.html", order=2)
    navigation.add_header("gallery/_actions.html", order=1)
    page = signed_in.get("/accounts/profile/").text
    assert page.index("Tambah") < page.index("Unduh") < page.index('id="account"')


@pytest.mark.parametrize(("theme", "pressed"), [("light", 0), ("dark", 1), ("", 2)])
@pytest.mark.parametrize("path", ["/accounts/profile/", "/dashboard/"])
def test_theme_in_use_is_told(signed_in, path, theme, pressed):
    """Else who can't see doesn't hear which is on; on the kept home page too."""
    signed_in.get(path)
    signed_in.cookies["theme"] = theme
    html = signed_in.get(path).text
    states = re.findall(r'name="theme"\s+value="\w*"\s+title="[^"]+"\s+aria-pressed="(\w+)"', html)
    assert [state == "true" for state in states] == [i == pressed for i in range(3)] * 2
    colours = re.findall(r'<meta\s+name="theme-color"\s+content="(#\w+)"', html)
    assert colours == {"light": ["#f8f5ed"], "dark": ["#131916"]}.get(
        theme, ["#f8f5ed", "#131916"]
    )


@pytest.mark.parametrize("path", ["/accounts/profile/", "/dashboard/"])
def test_sidebar_comes_as_it_was_left(signed_in, path):
    """Else it opens again with every page, or jumps once the script has come."""
    assert 'data-side=""' in signed_in.get(path).text
    signed_in.cookies["side"] = "mini"
    assert 'data-side="mini"' in signed_in.get(path).text
    signed_in.cookies["side"] = '"><script>'
    assert 'data-side=""' in signed_in.get(path).text


INCLUDES = (
    '{% include "components/icon.html" with name=glyph %}'
    '{% include "components/badge.html" with text=label only %}'
    "{% include partial %}"
)


def test_included_partials_are_what_django_would_show():
    """Partials are looked up once: else a page shows the glyph or the text of the one before."""
    engine = engines["django"]
    plain = Engine(dirs=engine.engine.dirs, app_dirs=True, libraries=engine.engine.libraries)
    ours, theirs = engine.engine.from_string(INCLUDES), plain.from_string(INCLUDES)
    for glyph, label in (("sun", "<A>"), ("moon", "B"), ("sun", "C")):
        values = {"glyph": glyph, "label": label, "partial": "components/brand.html"}
        shown = ours.render(Context(values))
        assert shown == theirs.render(Context(values))
        assert f"#{glyph}" in shown


def test_broken_partial_fails_the_page_that_includes_it():
    with pytest.raises(TemplateDoesNotExist):
        engines["django"].from_string('{% include "components/nothing.html" %}').render()


def test_address_breaks_where_a_reader_would_break_it():
    """Else a phone cuts it anywhere: "admin@isme.ex", "ample"; and its letters stay letters."""
    broken = render("{% load isme %}{{ text|breakable }}", text="rani.<b>@isme.example")
    assert broken == "rani.&lt;b&gt;@<wbr>isme.<wbr>example"
    assert render("{% load isme %}{{ text|breakable }}", text="–") == "–"
