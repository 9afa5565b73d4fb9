"""The audit trail speaks in words: every verb that code records, and what it is about."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from academics.models import Room
from forum.choices import PostState, ThreadState
from isme.lib import audit_details, audit_words
from tests.conftest import make_user

ROOT = Path(__file__).resolve().parents[1]
APPS = ("isme", "accounts", "notifications", "academics", "forum", "dashboard")


def recorded() -> Iterator[tuple[str, str, str]]:
    """File, verb and kind of subject of every call that records, as far as the code spells them."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            text = path.read_text()
            if "isme.lib import" not in text or "audit" not in text:
                continue
            for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
                if _name(call.func) in {
                    "audit.record",
                    "_record",
                    "_record_if_not_own",
                    "_remove",
                }:
                    yield from _of(path.name, call)


def _name(function: ast.expr) -> str:
    return ast.unparse(function)


def _of(file: str, call: ast.Call) -> Iterator[tuple[str, str, str]]:
    named = {word.arg: word.value for word in call.keywords}
    verbs = [*call.args, *([named["verb"]] if "verb" in named else [])]
    kind = ""
    if isinstance(subject := named.get("subject"), (ast.Constant, ast.JoinedStr)):
        kind = ast.unparse(subject).strip("f'\"").partition(":")[0]
    for verb in verbs:
        for part in ast.walk(verb):
            if isinstance(part, ast.Constant) and "." in str(part.value):
                yield file, str(part.value), kind


def test_every_verb_that_code_spells_has_a_label():
    """Else a reader of the trail meets a code."""
    found = [fact for fact in recorded() if not fact[1].endswith(("_", "."))]
    assert len(found) > 30, "the calls are still found"
    without = {
        (file, verb) for file, verb, _kind in found if verb not in audit_words.known_verbs()
    }
    assert without == set(), "say what it means in the app's audit_words.py"


def test_every_kind_of_subject_has_a_word():
    kinds = {kind for _file, _verb, kind in recorded() if kind and "{" not in kind}
    assert kinds - audit_words.known_subjects() == set()


def test_verbs_that_code_puts_together_have_labels_too():
    verbs = {f"forum.post_{state}" for state in PostState.values}
    verbs |= {f"forum.thread_{state}" for state in ThreadState.values}
    models = [model._meta.model_name for model in apps.get_app_config("academics").get_models()]
    verbs |= {f"{model}.{act}" for model in models for act in ("created", "changed", "deleted")}
    assert verbs - audit_words.known_verbs() == set()


def test_every_act_that_academics_notes_of_a_row_has_a_label():
    """``note`` puts the verb together from the row's model: some label must end so."""
    acts = set()
    for path in sorted((ROOT / "academics").rglob("*.py")):
        for call in (
            one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Call)
        ):
            if _name(call.func) in {"note", "rows.note"} and isinstance(
                call.args[0], ast.Constant
            ):
                acts.add(call.args[0].value)
    known = {verb.partition(".")[2] for verb in audit_words.known_verbs()}
    assert len(acts) > 10, "the calls are still found"
    assert acts - known == set()


@pytest.mark.parametrize("language", ["id", "en"])
def test_labels_are_sentences_in_each_language(language):
    with translation.override(language):
        labels = {verb: audit_words.label_of(verb) for verb in audit_words.known_verbs()}
    assert [
        verb for verb, label in labels.items() if label == verb or not label[0].isupper()
    ] == []
    if language == "id":
        assert labels["sign_in.refused"] == "Upaya masuk ditolak"
        assert labels["room.created"] == "Ruangan: dibuat"


def test_verb_of_another_release_is_its_code():
    assert audit_words.label_of("moon.landed") == "Moon.landed"


def test_two_apps_can_t_mean_different_things():
    with pytest.raises(ValueError, match="sign_in"):
        audit_words.add({"sign_in.refused": "x"})
    with pytest.raises(ValueError, match="account"):
        audit_words.add_subject("account", "x")


@pytest.mark.django_db
def test_subjects_have_names_and_links_by_one_query_a_kind(django_assert_num_queries):
    people = [make_user(f"p{number}") for number in range(3)]
    room = Room.objects.create(code="R1", name="Satu", capacity=9)
    codes = [f"account:{one.pk}" for one in people] + [f"room:{room.pk}", "account:999999"]
    codes += ["name:3f2a", "audit", "moon:1", "account:" + "9" * 30, "account:x", ""]
    with django_assert_num_queries(2):
        named = audit_words.named(codes)
    tiara = named[f"account:{people[0].pk}"]
    assert (tiara.name, tiara.address) == (people[0].name, f"/accounts/users/{people[0].pk}/")
    assert str(named[f"room:{room.pk}"]) == "Ruangan: R1 Satu"
    assert str(named["account:999999"]) == "Akun: #999999"
    assert str(named["name:3f2a"]) == "Nama tanpa akun"
    assert str(named["moon:1"]) == "moon:1"
    assert named["account:x"].address == ""


@pytest.mark.django_db
def test_every_kind_can_be_looked_up(django_assert_max_num_queries):
    """Else the trail's page breaks on the first event of a kind that nobody tried."""
    kinds = audit_words.known_subjects()
    with django_assert_max_num_queries(len(kinds)):
        named = audit_words.named([f"{kind}:1" for kind in kinds])
    assert len(named) == len(kinds)


def detailed() -> Iterator[tuple[str, str]]:
    """File and name of each detail that a call spells."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for call in (
                n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)
            ):
                told = [word.value for word in call.keywords if word.arg == "details"]
                if _name(call.func) in {"note", "rows.note"}:
                    told += call.args[3:4]
                for one in (d for d in told if isinstance(d, ast.Dict)):
                    yield from (
                        (path.name, k.value) for k in one.keys if isinstance(k, ast.Constant)
                    )


def test_every_detail_that_code_spells_has_a_word():
    """Else a reader of the trail meets what programs call it."""
    found = set(detailed())
    assert len(found) > 20, "the calls are still found"
    assert {one for one in found if one[1] not in audit_details.known()} == set()


CHANGE = "account.changed"


@pytest.mark.parametrize(
    ("verb", "subject", "details", "said"),
    [
        (CHANGE, "account:1", '{"level": ["1", "3"]}', [("Semester studi", "1", "3")]),
        (CHANGE, "account:1", '{"status": ["active", "left"]}', [("Status", "Aktif", "Keluar")]),
        (CHANGE, "account:1", '{"gpa": ["None", "3.5"]}', [("IPK", "–", "3.5")]),
        (CHANGE, "account:1", '{"password": "changed"}', [("Kata sandi", None, "berubah")]),
        (CHANGE, "account:1", '{"is_active": ["True", "False"]}', [("Aktif", "ya", "tidak")]),
        ("room.changed", "room:1", '{"capacity": ["30", "40"]}', [("Kapasitas", "30", "40")]),
        (
            "class.members_changed",
            "class:1",
            '{"added": [7, 9], "removed": []}',
            [("Ditambahkan", None, "2 (#7, #9)")],
        ),
        (
            "lecturerprofile.expertise_changed",
            "lecturerprofile:1",
            '{"expertise": ["Anatomi", "Gizi"]}',
            [("Keahlian", None, "Anatomi, Gizi")],
        ),
        ("moon.landed", "moon:1", '{"far_side": {"a": 1}}', [("Far side", None, "{'a': 1}")]),
        ("people.exported", "people", '{"rows": 1, "q": ""}', [("Baris", None, "1")]),
        ("x", "x", "not JSON", [("", None, "not JSON")]),
        ("x", "x", "", []),
    ],
)
def test_details_are_read_in_words(verb, subject, details, said):
    """Else who looks for what happened reads braces and the words of programs."""
    with translation.override("id"):
        read = audit_details.read(verb, subject, details)
    assert [(one.label, one.before, one.text) for one in read] == said
