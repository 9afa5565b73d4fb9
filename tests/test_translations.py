"""Every string that people see is in the Indonesian catalogue, with a translation."""

import ast
import re
from collections import Counter
from html import unescape
from pathlib import Path

import polib
import pytest
from django import forms
from django.conf import settings
from django.test import Client
from django.urls import resolve
from django.utils.functional import Promise

ROOT = Path(settings.BASE_DIR)
APPS = [*sorted(path.parent.name for path in ROOT.glob("*/apps.py")), "isme"]
# Each app may have a catalogue of its own; what several apps say stands in isme's.
CATALOGUES = sorted(ROOT.glob("*/locale/id/LC_MESSAGES/django.po"))
ENTRIES = [entry for path in CATALOGUES for entry in polib.pofile(str(path))]
KNOWN = {entry.msgid for entry in ENTRIES}
TRANSLATE = re.compile(r'{%\s*translate\s+"([^"]+)"')
BLOCK = re.compile(
    r"{%\s*blocktranslate[^%]*%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktranslate\s*%}",
    re.DOTALL,
)
ARGUMENT = re.compile(r'_\("([^"]+)"\)')
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}


def in_templates() -> set[str]:
    found: set[str] = set()
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        text = path.read_text()
        found |= set(TRANSLATE.findall(text)) | set(ARGUMENT.findall(text))
        for singular, _plural in BLOCK.findall(text):
            plain = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", singular)
            found.add(" ".join(plain.split()))
    return found


def in_code() -> set[str]:
    found: set[str] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GETTEXT:
                    found |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant)}
    return found


def test_every_string_is_in_the_catalogue():
    seen = in_templates() | in_code()
    assert len(seen) > 100
    assert seen - KNOWN == set()


def test_every_entry_is_translated():
    assert [e.msgid for e in ENTRIES if not e.translated()] == []


def test_every_entry_stands_in_one_catalogue():
    assert [msgid for msgid, times in Counter(e.msgid for e in ENTRIES).items() if times > 1] == []


def test_no_entry_is_left_over():
    assert KNOWN - (in_templates() | in_code()) == set()


@pytest.mark.django_db
def test_english_on_request_and_indonesian_by_default(client: Client):
    page = "/accounts/login/"
    assert "<h1>Masuk</h1>" in client.get(page).text
    assert "<h1>Sign in</h1>" in client.get(page, headers={"Accept-Language": "en"}).text
    client.post("/accounts/language/", {"language": "en"})
    assert "<h1>Sign in</h1>" in client.get(page).text


# Names, and what is the same in every language.
UNTRANSLATED = {
    "ISME",
    "WIB",
    "ID",
    "EN",
    "Bahasa Indonesia",
    "English",
    "NIM",
    "NIP",
    "NID",
    "Ctrl Enter",
}
ATTRIBUTE = re.compile(r'\s(?:title|alt|placeholder|aria-label)="([^"]*)"')
TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)


def bare_words(text: str) -> set[str]:
    """What a template says in words of its own, outside of translations and variables."""
    text = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%\s*comment.*?endcomment\s*%}", "", text, flags=re.DOTALL)
    text = re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", "", text, flags=re.DOTALL)
    text = re.sub(r"<kbd\b.*?</kbd>", "", text, flags=re.DOTALL)
    text = re.sub(r"{[%{].*?[%}]}", "\0", text, flags=re.DOTALL)
    words = [*ATTRIBUTE.findall(text), *TAG.sub("\n", text).splitlines()]
    cleaned = {re.sub(r"[\0\s]+", " ", unescape(word)).strip(" .,:;·–…()/?!") for word in words}
    return {word for word in cleaned if re.search(r"[A-Za-z]{2}", word)}


def test_bare_words_are_seen():
    text = '{% translate "No" %}<p title="Close">Halo {{ name }}</p>{# why #}<b>NIM</b>'
    assert bare_words(text) - UNTRANSLATED == {"Close", "Halo"}


def test_no_template_speaks_one_language_only():
    """Else an English word stands in the middle of an Indonesian page, or the other way round."""
    found = {
        f"{path.relative_to(ROOT)}: {word}"
        for path in (ROOT / "templates").rglob("*.html")
        if "gallery" not in path.parts
        for word in bare_words(path.read_text())
        if word not in UNTRANSLATED
    }
    assert found == set()


def all_forms(of: type[forms.BaseForm] = forms.BaseForm) -> set[type[forms.BaseForm]]:
    return {of} | {one for below in of.__subclasses__() for one in all_forms(below)}


def test_every_field_says_what_it_is_in_both_languages():
    """Else Django names it in English by the name in the code: "Term" on an Indonesian page."""
    resolve("/")  # all views, and so all forms, are imported
    own = [one for one in all_forms() if one.__module__.split(".")[0] in APPS]
    own = [one for one in own if one.__module__ != "isme.lib.gallery"]
    assert len(own) > 30
    unnamed = {
        f"{one.__module__}.{one.__name__}.{name}: {field.label}"
        for one in own
        for name, field in getattr(one, "base_fields", {}).items()
        if not isinstance(field.label, Promise) and not field.widget.is_hidden
    }
    assert unnamed == set()
