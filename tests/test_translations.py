"""Every string that people see is in the Indonesian catalogue, with a translation."""

import ast
import re
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client

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
