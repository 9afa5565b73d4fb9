"""Every component in all its states, on one page of a development server (DEBUG only)."""

import datetime as dt
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from isme.lib.links import Link
from isme.lib.paging import Listing
from isme.lib.parts import Tab
from isme.lib.undo import MARK

PATH = "/gallery/"
# Of the design itself: what stands here is for those who build pages, and is not translated.
TOKENS = (
    "paper",
    "surface",
    "sunken",
    "raised",
    "hover",
    "line",
    "edge",
    "ink",
    "ink-2",
    "accent",
    "accent-soft",
    "block",
    "block-2",
    "sun",
    "sun-soft",
    "brick",
    "brick-soft",
    "sky-soft",
)
SECTIONS = (
    "colours",
    "type",
    "buttons",
    "forms",
    "badges",
    "messages",
    "tables",
    "navigation",
    "dialogs",
    "progress",
    "empty",
)


@dataclass(frozen=True)
class ExampleTerm:
    starts_on: dt.date = dt.date(2026, 8, 17)
    ends_on: dt.date = dt.date(2027, 1, 3)
    weeks: int = 20

    def __str__(self) -> str:
        return "Ganjil 2026/2027"


class ExampleForm(forms.Form):
    """One field of each kind of widget."""

    name = forms.CharField(label="Nama", help_text="Seperti di kartu identitas.")
    email = forms.EmailField(label="Surel", required=False)
    password = forms.CharField(label="Kata sandi", widget=forms.PasswordInput)
    level = forms.ChoiceField(label="Semester", choices=[("1", "Semester 1"), ("3", "Semester 3")])
    why = forms.CharField(label="Alasan", required=False, widget=forms.Textarea)
    reach = forms.ChoiceField(
        label="Berlaku untuk",
        choices=[("one", "Hanya yang ini"), ("all", "Yang ini dan sesudahnya")],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label="Hari",
        required=False,
        choices=[("1", "Senin"), ("2", "Selasa")],
        widget=forms.CheckboxSelectMultiple,
    )
    tell = forms.BooleanField(label="Kabari peserta", required=False)
    picture = forms.FileField(label="Berkas", required=False)


class ExampleFilterForm(forms.Form):
    q = forms.CharField(
        label="Cari nama atau NIM",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Cari nama atau NIM"}),
    )
    level = forms.ChoiceField(
        label="Semester", required=False, choices=[("", "Semua semester"), ("1", "1")]
    )


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/page.html", context())


def context() -> dict[str, Any]:
    """What the examples show. No queries."""
    refused = ExampleForm({"email": "citra@", "why": "Ruangan dipakai"}, auto_id="refused_%s")
    refused.add_error(None, "Ruangan ini sudah dipakai pada jam itu.")
    listing = Listing(
        page=Paginator(range(1284), 50).get_page(3),
        per_page=50,
        sort="name",
        path=PATH,
        _kept={"q": "dewi", "sort": "", "per_page": ""},
    )
    people = [
        SimpleNamespace(
            name="Nadia Pratama", initials="NP", avatar_url="", theme="", language="id"
        ),
        SimpleNamespace(name="dr. Rahma Yulianti, Sp.JP", initials="RY", avatar_url=""),
    ]
    return {
        "sections": [f"gallery/_{name}.html" for name in SECTIONS],
        "plain": ExampleForm(auto_id="plain_%s"),
        "refused": refused,
        "filters": ExampleFilterForm({"q": "dewi"}, auto_id="filter_%s"),
        "listing": listing,
        "people": people,
        "crumbs": [("Mata kuliah", PATH), ("Blok 3.2", PATH)],
        "links": [Link(PATH, "Diskusi", "chat", news=3)],
        "tabs": [Tab("Semua", PATH, is_open=True, count=1284), Tab("Dosen", PATH)],
        "conflicts": [("Kapasitas", 40, 36), ("Catatan", None, "Proyektor rusak")],
        "facts": [("NIM", "2026101000001"), ("IPK", None)],
        "examples": [
            Message(constants.SUCCESS, "218 baris disimpan.", extra_tags=f"{MARK}{PATH}"),
            Message(constants.INFO, "Anda sudah keluar."),
            Message(constants.WARNING, "Kelas ini hampir penuh."),
            Message(constants.ERROR, "Berkas itu tidak bisa dibaca."),
        ],
        "tokens": TOKENS,
        "term": ExampleTerm(),
    }
