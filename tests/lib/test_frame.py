"""The frame of a page is drawn once and shown to many: to each with what is their own."""

import re

import pytest
from django.template import engines
from django.test import Client
from django.utils import translation

from accounts.models import User
from isme.lib.models import StoredFile
from tests.conftest import enter, make_user

pytestmark = pytest.mark.django_db

PROFILE = "/accounts/profile/"


def test_fixed_text_is_said_in_the_language_of_each_reader():
    """Else whoever comes first in a process decides in which language all others read."""
    text = '{% load i18n %}{% translate "Sign out" %}|{% translate "Sign out" as out %}{{ out }}'
    page = engines["django"].from_string(text)
    said = []
    for language in ("id", "en", "id"):
        with translation.override(language):
            said.append(page.render({}))
    assert said == ["Keluar|Keluar", "Sign out|Sign out", "Keluar|Keluar"]


def test_variable_is_translated_anew_each_time():
    """Else a list shows the kind of its first row in every row."""
    page = engines["django"].from_string("{% load i18n %}{% translate what %}")
    with translation.override("id"):
        assert [page.render({"what": what}) for what in ("Sign out", "Profile")] == [
            "Keluar",
            "Profil",
        ]


def test_bar_shows_each_person_their_own_name_address_theme_and_token():
    """Else somebody reads another's name above their page, or their forms are refused."""
    one, two = make_user("satu"), make_user("dua")
    User.objects.filter(pk=one.pk).update(name="Satu Orang")
    User.objects.filter(pk=two.pk).update(name="Dua Orang")
    tokens = set()
    for user, name, other in ((one, "Satu", "Dua"), (two, "Dua", "Satu"), (one, "Satu", "Dua")):
        client = enter(Client(), user)
        for path, theme in ((PROFILE, "dark"), ("/notifications/", "light")):
            client.cookies["theme"] = theme
            bar = re.search(r"<header.*?</header>", client.get(path).text, re.DOTALL)[0]
            assert f"<strong>{name} Orang</strong>" in bar
            assert f"{other} Orang" not in bar
            assert set(re.findall(r'name="next" value="(.*?)"', bar)) == {path}
            assert set(
                re.findall(r'value="(\w+)"\s+title="[^"]*"\s+aria-pressed="true"', bar)
            ) == {theme}
            found = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', bar))
            assert len(found) == 1
            tokens |= found
    assert len(tokens) == 6


def test_bar_shows_a_name_as_text_and_each_their_own_picture():
    """Else a name written as HTML is run on every page, or a face stands beside another's name."""
    plain, pictured = make_user("satu"), make_user("dua")
    picture = StoredFile.objects.create(
        kind="avatar", owner_id=pictured.pk, path="aa/1", name="avatar.webp", size=1
    )
    User.objects.filter(pk=plain.pk).update(name='<i>Satu</i> "Orang"')
    User.objects.filter(pk=pictured.pk).update(avatar=picture)
    address = f"/files/{picture.pk}/avatar.webp"
    for user, has_picture in ((plain, False), (pictured, True), (plain, False)):
        page = enter(Client(), user).get("/notifications/").text
        bar = re.search(r"<header.*?</header>", page, re.DOTALL)[0]
        assert (address in bar) is has_picture
        assert ('aria-hidden="true"\n>' in bar) is not has_picture, "the initials"
        assert "<i>Satu" not in bar
        assert ("&lt;i&gt;Satu&lt;/i&gt; &quot;Orang&quot;" in bar) is not has_picture
