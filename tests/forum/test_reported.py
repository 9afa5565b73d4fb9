"""What readers reported: the office sees what it is about, and that somebody dealt with it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forum.models import Post, Report
from tests.conftest import enter
from tests.forum import cast

pytestmark = pytest.mark.django_db


def test_report_reaches_the_office_and_is_handled(writer, made, client):
    post = cast.answer(made.author, made, "Beli <i>obat</i> murah")
    address = f"/forum/posts/{post.pk}/report/"
    assert writer.post(address, {"reason": "odd"}).status_code == 422
    assert writer.post(address, {"reason": "spam", "note": "<b>iklan"}).status_code == 302
    enter(client, cast.person("boss", "office"))
    page = client.get("/forum/reports/").text
    assert "Iklan atau di luar topik" in page
    assert "&lt;b&gt;iklan" in page
    client.post(f"/forum/reports/{post.pk}/handle/")
    assert Report.objects.get().handled_by.username == "boss"
    assert "Tidak ada yang perlu diperiksa" in client.get("/forum/reports/").text


def test_office_sees_what_was_reported_where_by_whom_and_who_dealt_with_it(client, made):
    """Else the only name in a row, the reporter's, is taken for the writer's."""
    masked = cast.answer(cast.person("shy", name="Siti Malu"), made, is_anonymous=True)
    named = cast.answer(cast.person("loud", name="Lukas Lantang"), made)
    for post in (masked, named):
        Report.objects.create(
            post=post, reporter=cast.person(f"teller{post.pk}", name="Rina Pelapor"), reason="rude"
        )
    boss = cast.person("boss", "office", name="Bu Kepala")
    enter(client, boss)
    page = client.get("/forum/reports/").text
    assert "Ditulis oleh Lukas Lantang" in page
    assert "Ditulis oleh Anonim 1" in page
    assert "Siti Malu" not in page
    assert "Dilaporkan oleh Rina Pelapor" in page
    assert f'href="/forum/posts/{named.pk}/">{made.title}' in page
    client.post(f"/forum/reports/{named.pk}/handle/")
    Post.objects.filter(pk=named.pk).update(
        state="deleted", removed_at=timezone.now(), removed_by=boss
    )
    waiting, done = (client.get(f"/forum/reports/{q}").text for q in ("", "?show=handled"))
    assert "Lukas Lantang" not in waiting
    assert "Ditangani oleh Bu Kepala" in done
    assert "Anonim 1" not in done
    assert f'href="/forum/posts/{named.pk}/"' not in done, "leads to a page that is not there"
    assert f'href="{made.get_absolute_url()}"' in done


@pytest.mark.parametrize("show", ["", "?show=handled"])
def test_list_of_reports_costs_the_same_for_one_and_three(client, made, show):
    enter(client, cast.person("boss", "office"))
    at = timezone.now() if show else None
    client.get("/forum/reports/")  # who asks, and the parts of the page, are known from then on
    counts = []
    for number in (1, 3):
        while Report.objects.count() < number:
            reader = cast.person(f"reader{Report.objects.count()}")
            Report.objects.create(
                post=cast.answer(reader, made),
                reporter=reader,
                reason="spam",
                handled_at=at,
                handled_by=reader if show else None,
            )
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/forum/reports/{show}").text.count("Iklan atau di luar") == number
        counts.append(len(asked))
    assert counts[0] == counts[1]
