"""Who hears of what: each once, nobody who may not read, and no name behind a pseudonym."""

import json

import pytest

from forum import markup
from forum.choices import Follow, PostState
from forum.models import Thread, ThreadReader
from forum.services import marks
from forum.services.categories import save_category
from forum.services.posts import edit, set_state
from forum.services.threads import accept, set_thread_state
from isme.lib import jobs
from isme.lib.models import Job
from notifications import kinds
from notifications.models import Notice, Notification
from notifications.selectors import badge
from tests.conftest import enter
from tests.forum import cast

pytestmark = pytest.mark.django_db
HINTS = ["setiap ada balasan", "Disenyapkan", "bila ada jawaban"]


@pytest.fixture
def people(db):
    cast.category("umum")
    roles = {"starter": "student", "answerer": "student", "follower": "student"}
    roles |= {"teacher": "lecturer", "boss": "office"}
    return {name: cast.person(name, role, f"Nama {name}") for name, role in roles.items()}


def work() -> None:
    """Run the workers' jobs that tell people something or take it back."""
    kinds = ["notifications.tell", "notifications.take_back"]
    waiting = Job.objects.filter(kind__in=kinds, state="pending").order_by("pk")
    for pk in waiting.values_list("pk", flat=True):
        jobs.run(pk)


def told() -> list[tuple[str, str]]:
    """Run the workers' jobs; who was told of what since the last time."""
    work()
    rows = Notification.objects.values_list("person__username", "notice__kind")
    found = sorted((name, kind.removeprefix("forum.")) for name, kind in rows)
    Notification.objects.all().delete()
    return found


def test_public_thread_is_news_for_everybody_else(people):
    cast.thread(people["starter"])
    assert told() == [(name, "thread") for name in ("answerer", "boss", "follower", "teacher")]


def test_who_follows_the_category_hears_it_as_such(people):
    made = cast.category("diikuti")
    marks.follow_category(user=people["follower"], category=made, on=True)
    cast.thread(people["starter"], made)
    assert ("follower", "thread_followed") in told()
    assert [name for name, _kind in told()].count("follower") == 0


def test_private_thread_is_news_for_its_people_alone(people):
    cast.thread(people["starter"], is_private=True, allowed=[people["follower"].pk])
    assert told() == [("follower", "thread")]


def test_thread_of_the_lecturers_is_no_news_for_students(people):
    cast.thread(people["teacher"], cast.lecturers_only())
    assert told() == [("boss", "thread")]


def test_reply_reaches_each_once_by_what_concerns_them_most(people):
    made = cast.thread(people["starter"])
    first = cast.answer(people["answerer"], made)
    cast.answer(people["follower"], made)
    told()
    cast.answer(people["teacher"], made, "Halo @boss dan @starter", first)
    assert told() == [
        ("answerer", "answer"), ("boss", "mention"), ("follower", "reply"), ("starter", "mention"),
    ]  # fmt: skip


def test_who_is_mentioned_by_an_edit_is_told_once(people):
    """Else a name that was forgotten at first reaches nobody; or the same name, twice."""
    made = cast.thread(people["starter"])
    post = cast.answer(people["answerer"], made, "Untuk @boss")
    told()
    edit(editor=people["answerer"], post_id=post.pk, text="Untuk @boss dan @teacher")
    assert told() == [("teacher", "mention")]
    edit(editor=people["answerer"], post_id=post.pk, text="Untuk @boss dan @teacher!")
    assert told() == []
    edit(editor=people["answerer"], post_id=post.pk, text="Untuk @boss")
    edit(editor=people["answerer"], post_id=post.pk, text="Untuk @boss dan @teacher")
    assert told() == [], "a name taken out and put in again rings a second time"


def test_text_of_looser_days_can_still_be_edited(people, monkeypatch):
    """Else what was allowed when it was written can never be mended by who wrote it."""
    made = cast.thread(people["starter"])
    post = cast.answer(people["answerer"], made, "[a] [b] [c] untuk @boss")
    monkeypatch.setattr(markup, "MOST_BRACKETS", 2)
    edit(editor=people["answerer"], post_id=post.pk, text="Untuk @boss dan @teacher")
    assert ("teacher", "mention") in told()


def test_manage_page_says_what_one_hears_of(people, client):
    """Else who muted a thread long ago waits for answers in vain."""
    made = cast.thread(people["starter"])
    enter(client, people["starter"])
    said = {}
    for follow in Follow.values:
        marks.follow_thread(user=people["starter"], thread=made, follow=follow)
        html = client.get(f"{made.get_absolute_url()}manage/").text
        said[follow] = [hint for hint in HINTS if hint in html]
    assert said == {"following": [HINTS[0]], "muted": [HINTS[1]], "none": [HINTS[2]]}


def test_muted_and_shut_out_hear_nothing(people):
    made = cast.thread(people["starter"])
    cast.answer(people["answerer"], made)
    cast.answer(people["follower"], made)
    told()
    marks.follow_thread(user=people["starter"], thread=made, follow=Follow.MUTED)
    cast.answer(people["teacher"], made, "Untuk @starter")
    Thread.objects.update(is_private=True)
    assert told() == []


def test_own_post_is_no_news_and_writing_does_not_unmute(people):
    made = cast.thread(people["starter"])
    marks.follow_thread(user=people["starter"], thread=made, follow=Follow.MUTED)
    told()
    cast.answer(people["starter"], made)
    assert told() == []
    assert ThreadReader.objects.get(user=people["starter"]).follow == Follow.MUTED


def test_accepted_answer_and_new_category_are_told(people):
    made = cast.thread(people["starter"], is_question=True)
    post = cast.answer(people["answerer"], made)
    told()
    accept(actor=people["starter"], post_id=post.pk, accepted=True)
    assert told() == [("answerer", "accepted")]
    from forum.models import ForumCategory

    save_category(
        actor=people["boss"], category=ForumCategory(slug="baru", name="Baru", student_access=0)
    )
    assert told() == [("teacher", "category")]


def test_notice_of_an_anonymous_post_names_nobody(people):
    made = cast.thread(people["starter"], is_anonymous=True)
    cast.answer(people["starter"], made, "Saya malu @teacher")
    for notice in Notice.objects.filter(kind__startswith="forum."):
        stored = json.dumps([notice.values, notice.audience, notice.about])
        assert "starter" not in stored
        assert str(people["starter"].pk) not in notice.values.values()
        words = kinds.words_of(notice.kind, notice.values)
        assert "Anonim 1" in words.title
    assert ("starter", "mention") not in told()


def test_reading_the_thread_reads_its_notices(people, client):
    made = cast.thread(people["starter"])
    for pk in Job.objects.filter(kind="notifications.tell").values_list("pk", flat=True):
        jobs.run(pk)
    enter(client, people["follower"])
    mine = Notification.objects.filter(person=people["follower"], read_at=None)
    assert mine.count() == 1
    client.get(made.get_absolute_url())
    assert mine.count() == 0


def test_link_of_a_notice_leads_to_the_post(people, client):
    made = cast.thread(people["starter"])
    post = cast.answer(people["answerer"], made, "Jawaban <b>saya</b>")
    notice = Notice.objects.get(kind="forum.answer")
    words = kinds.words_of(notice.kind, notice.values)
    assert words.body == "“Jawaban <b>saya</b>”", "plain text, escaped where it is shown"
    enter(client, people["starter"])
    assert client.get(words.link)["Location"].endswith(f"#p{post.pk}")


def test_posting_costs_the_same_with_many_followers(people, django_assert_max_num_queries):
    """Else a popular thread is slow to answer in: the people are told by workers."""
    made = cast.thread(people["starter"])
    crowd = [cast.person(f"f{number}") for number in range(40)]
    ThreadReader.objects.bulk_create(
        ThreadReader(thread=made, user=user, follow=Follow.FOLLOWING) for user in crowd
    )
    with django_assert_max_num_queries(16):
        cast.answer(people["answerer"], made)


def inboxes() -> set[tuple[str, str]]:
    rows = Notification.objects.filter(notice__kind__startswith="forum.")
    return set(rows.values_list("person__username", "notice__values__excerpt"))


@pytest.mark.smoke
@pytest.mark.parametrize("state", ["deleted", "hidden"])
@pytest.mark.parametrize("is_late", [False, True], ids=["told", "not yet told"])
def test_text_that_was_taken_away_leaves_the_inboxes(
    people, client, state, is_late, django_capture_on_commit_callbacks
):
    """Else the patient's name that the office hides stands on in a thousand inboxes."""
    boss, made = people["boss"], cast.thread(people["starter"])
    first = cast.answer(people["answerer"], made, "Tetap ada")
    work()
    post = cast.answer(people["follower"], made, "Nama pasien @teacher", first)
    if not is_late:
        work()
        enter(client, people["teacher"])
        assert "Nama pasien" in client.get("/notifications/").text
    before = inboxes()
    with django_capture_on_commit_callbacks(execute=True):
        set_state(actor=boss, post_id=post.pk, state=PostState(state))
        work()
    assert inboxes() == {row for row in before if "Nama pasien" not in row[1]} != set()
    quoted = Notice.objects.filter(cancelled_at__isnull=False)
    assert quoted.exists()
    assert "Nama pasien" not in str(list(Notice.objects.values_list("values", flat=True)))
    if not is_late:
        assert "Nama pasien" not in client.get("/notifications/").text


def test_thread_that_was_deleted_leaves_the_inboxes_and_the_badge(people, client):
    made, other = cast.thread(people["starter"]), cast.thread(people["starter"])
    cast.answer(people["answerer"], made, "Satu")
    work()
    enter(client, people["follower"])
    assert badge.count(people["follower"].pk) == 2
    set_thread_state(actor=people["boss"], thread_id=made.pk, state="deleted")
    work()
    assert badge.count(people["follower"].pk) == 1
    about = Notification.objects.values_list("notice__about", flat=True).distinct()
    assert list(about) == [f"thread:{other.pk}"]
