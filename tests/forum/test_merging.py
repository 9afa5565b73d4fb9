"""Who knew one of two merged threads finds the other, and hears of it."""

import pytest
from django.test import Client

from forum.choices import Follow, PostState, ThreadState
from forum.models import Draft, Post, Thread, ThreadReader
from forum.services import marks
from forum.services.merging import merge
from forum.services.posts import set_state
from forum.services.threads import set_thread_state
from notifications.models import Notification
from tests.conftest import enter
from tests.forum import cast
from tests.forum.test_notices import told, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db):
    cast.category("umum")
    return cast.person("boss", "office")


@pytest.fixture
def pair(boss) -> tuple[Thread, Thread]:
    """Two threads about the same: the one that goes, and the one that stays."""
    return cast.thread(cast.person("asker")), cast.thread(cast.person("starter"))


def test_link_to_a_merged_thread_leads_to_its_place_in_the_other(client, boss, pair):
    """Else every notice, mail and note about it leads to an error."""
    source, target = pair
    opening = cast.opening(source)
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    enter(client, cast.person("reader"))
    first = client.get(source.get_absolute_url())
    assert first["Location"] == opening.get_absolute_url()
    there = client.get(source.get_absolute_url(), follow=True)
    assert there.redirect_chain[-1][0].startswith(target.get_absolute_url())
    assert f"id=p{opening.pk}" in there.text


def test_merged_thread_is_not_found_by_who_may_not_read_the_other(boss):
    where = cast.lecturers_only()
    teacher = cast.person("teacher", "lecturer")
    source, target = (cast.thread(teacher, where) for _number in range(2))
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    stranger = enter(Client(), cast.person("stranger"))
    assert stranger.get(source.get_absolute_url()).status_code == 404
    Thread.objects.filter(pk=target.pk).update(state="deleted")
    assert enter(Client(), boss).get(source.get_absolute_url()).status_code == 404


def test_who_followed_either_hears_of_the_next_reply(boss, pair):
    """Else the one whose question was merged never learns that it was answered."""
    source, target = pair
    both, muted = cast.person("both"), cast.person("muted")
    for thread in pair:
        marks.follow_thread(user=both, thread=thread, follow=Follow.FOLLOWING)
    marks.follow_thread(user=muted, thread=source, follow=Follow.FOLLOWING)
    marks.follow_thread(user=muted, thread=target, follow=Follow.MUTED)
    quiet = cast.person("quiet")
    marks.follow_thread(user=quiet, thread=source, follow=Follow.MUTED)
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    told()
    cast.answer(cast.person("helper"), target)
    assert told() == [("asker", "reply"), ("both", "reply"), ("starter", "answer")]
    assert ThreadReader.objects.filter(thread=target, user=both).count() == 1


def test_answer_to_the_merged_question_reaches_who_asked(boss, pair):
    source, target = pair
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    told()
    cast.answer(cast.person("helper"), target, parent=Post.objects.get(author__username="asker"))
    assert ("asker", "answer") in told()


def test_drafts_answer_the_same_posts_in_the_other_thread(client, boss, pair):
    """Else what somebody was writing stands under a thread that is gone, and can't be sent."""
    source, target = pair
    opening, reply = cast.opening(source), cast.answer(boss, source)
    writer = cast.person("writer")
    for place in (f"t{source.pk}", f"t{source.pk}p{reply.pk}", f"t{target.pk}"):
        thread = target if place == f"t{target.pk}" else source
        Draft.objects.create(user=writer, place=place, thread=thread, body=f"Dari {place}")
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    enter(client, writer)
    for answered, body in ((opening.pk, source.pk), (reply.pk, f"{source.pk}p{reply.pk}")):
        page = client.get(f"{target.get_absolute_url()}reply/?parent={answered}").text
        assert f"Dari t{body}" in page
    assert client.get("/forum/drafts/").text.count(target.get_absolute_url()) >= 3


def test_likes_of_merged_posts_are_still_one_s_own(client, boss, pair):
    """Else the next press on a heart that looks empty takes the like back."""
    source, target = pair
    opening, reader = cast.opening(source), cast.person("reader")
    marks.set_mark(user=reader, post=opening, kind="like")
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    page = enter(client, reader).get(target.get_absolute_url()).text
    assert f"formaction=/forum/posts/{opening.pk}/like/ aria-pressed=true" in page


def test_anonymous_starter_s_draft_stays_anonymous_in_the_other(client, boss):
    """Else who never had to tick a box sends it, in a thread that has one, under their name."""
    asker = cast.person("asker", name="Asri Penanya")
    source = cast.thread(asker, is_anonymous=True)
    target = cast.thread(cast.person("starter"))
    for user in (asker, cast.person("other")):
        Draft.objects.create(user=user, thread=source, place=f"t{source.pk}", body="Saya malu")
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    mine, other = Draft.objects.order_by("user__username")
    assert (mine.first.get("is_anonymous"), other.first.get("is_anonymous")) == ("on", None)
    enter(client, asker)
    page = client.get(f"/forum/t/{target.pk}/reply/{mine.query}").text
    assert "checked" in page.split('name="is_anonymous"')[1].split(">")[0]


def test_two_drafts_for_the_same_place_become_one(boss, pair):
    """Else the merge fails for good where somebody began two answers to the opening text."""
    source, target = pair
    opening, writer = cast.opening(source), cast.person("writer")
    for place, body in ((f"t{source.pk}", "Satu"), (f"t{source.pk}p{opening.pk}", "Dua")):
        Draft.objects.create(user=writer, thread=source, place=place, body=body)
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    draft = Draft.objects.get(user=writer)  # none is lost, and both can be sent
    assert draft.place == f"t{target.pk}p{opening.pk}"
    assert sorted(draft.body.split()) == ["Dua", "Satu"]


@pytest.mark.parametrize("what", ["reply", "thread"])
def test_notices_of_merged_posts_leave_the_inboxes_with_them(boss, pair, what):
    """Else the words that the office took away are still quoted to everybody who was told."""
    source, target = pair
    rude = cast.answer(cast.person("helper"), source, "Kasar sekali")
    work()
    quoted = Notification.objects.filter(notice__values__post_id=rude.pk)
    assert quoted.exists()
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    if what == "reply":
        set_state(actor=boss, post_id=rude.pk, state=PostState.HIDDEN)
    else:
        set_thread_state(actor=boss, thread_id=target.pk, state=ThreadState.DELETED)
    work()
    assert not quoted.exists()


def test_draft_at_a_made_up_place_stops_no_merge(boss, pair):
    """Else anybody who knows the number of a post keeps the office from merging its thread."""
    source, target = pair
    opening, writer = cast.opening(source), cast.person("writer")
    for thread, place in ((target, f"t{target.pk}p{opening.pk}"), (source, f"t{source.pk}")):
        Draft.objects.create(user=writer, thread=thread, place=place, body="Isi")
    merge(actor=boss, source_id=source.pk, target_id=target.pk)
    assert Draft.objects.get(user=writer).thread == target
