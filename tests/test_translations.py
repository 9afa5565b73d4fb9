"""Every string that people see is in the Indonesian catalogue, with a translation."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client

ROOT = Path(settings.BASE_DIR)
CATALOGUE = polib.pofile(str(ROOT / "isme" / "locale" / "id" / "LC_MESSAGES" / "django.po"))
KNOWN = {entry.msgid for entry in CATALOGUE}
TRANSLATE = re.compile(r'{%\s*translate\s+"([^"]+)"')
BLOCK = re.compile(
    r"{%\s*blocktranslate[^%]*%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktranslate\s*%}",
    re.DOTALL,
)
GETTEXT = {"_", "gettext", "gettext_lazy"}


def in_templates() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        found |= set(TRANSLATE.findall(text))
        for singular, _plural in BLOCK.findall(text):
            plain = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", singular)
            found.add(" ".join(plain.split()))
    return found


def in_code() -> set[str]:
    found: set[str] = set()
    for app in ("isme", "accounts", "dashboard"):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GETTEXT:
                    found |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return found


def test_every_string_is_in_the_catalogue():
    seen = in_templates() | in_code()
    assert len(seen) > 100
    assert seen - KNOWN == set()


def test_every_entry_is_translated():
    assert [e.msgid for e in CATALOGUE if not e.translated()] == []


def test_no_entry_is_left_over():
    assert KNOWN - (in_templates() | in_code()) == set()


@pytest.mark.django_db
def test_english_on_request_and_indonesian_by_default(client: Client):
    page = "/accounts/login/"
    assert "<h1>Masuk</h1>" in client.get(page).text
    assert "<h1>Sign in</h1>" in client.get(page, headers={"Accept-Language": "en"}).text
    client.post("/accounts/language/", {"language": "en"})
    assert "<h1>Sign in</h1>" in client.get(page).text
