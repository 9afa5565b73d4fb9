"""Rows that many see alike are drawn once, and nobody sees another's."""

from collections.abc import Callable

import pytest
from django.template import engines
from django.utils import translation
from django.utils.safestring import SafeString

from isme.lib.templatetags import isme as tags

ROW = "notifications/home/_notice.html"
SOURCE = f'{{% load isme %}}{{% alike "{ROW}" icon="bell" title=title body="" day="" clock="" %}}'


@pytest.fixture
def drawn(monkeypatch) -> list[dict[str, object]]:
    """The facts of what was really drawn."""
    tags._alike.cache_clear()
    done: list[dict[str, object]] = []
    draw: Callable[..., str] = tags.render_to_string
    monkeypatch.setattr(tags, "render_to_string", lambda n, f: done.append(f) or draw(n, f))
    return done


def row(title: str) -> str:
    return engines["django"].from_string(SOURCE).render({"title": title})


def test_row_is_drawn_once_for_all_who_see_it(drawn):
    """Else a thousand first pages at eight draw the same five lines a thousand times."""
    assert row("Rapat") == row("Rapat")
    assert len(drawn) == 1
    assert "Rapat" in row("Rapat")
    assert "Ujian" in row("Ujian")
    assert len(drawn) == 2


def test_what_somebody_typed_is_escaped_though_the_same_was_html_before(drawn):
    """Else a title runs as a script because a text of ours reads the same."""
    assert "<b>x</b>" in row(SafeString("<b>x</b>"))
    assert "&lt;b&gt;x&lt;/b&gt;" in row("<b>x</b>")
    assert len(drawn) == 2


def test_each_language_has_rows_of_its_own(drawn):
    with translation.override("id"):
        row("Rapat")
    with translation.override("en"):
        row("Rapat")
    assert len(drawn) == 2


def test_edited_template_is_seen_at_once_in_development(drawn, settings):
    settings.DEBUG = True
    row("Rapat")
    row("Rapat")
    assert len(drawn) == 2
