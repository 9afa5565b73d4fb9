"""Search finds what one may read, by words and their beginnings, and shows where.

What is marked as smoke runs on SQLite too, which has no full-text index: it must find the same.
"""

import pytest

from forum.models import Post
from forum.querysets import words_of
from forum.selectors.search import snippet
from forum.views import search, writing
from isme.lib import search as registry
from isme.lib.rates import Rate
from tests.conftest import enter
from tests.forum import cast

# MariaDB's full-text index knows a row only after its commit.
pytestmark = pytest.mark.django_db(transaction=True)
SEARCH = "/forum/search/"
LIST_QUERIES = 2  # count, rows


@pytest.fixture
def starter():
    cast.category("umum")
    return cast.person("starter", name="Siti Starter")


@pytest.fixture
def reader(client, starter):
    enter(client, cast.person("reader"))
    client.get("/dashboard/")
    return client


def titles(reader, q: str) -> list[str]:
    return [hit["title"] for hit in reader.get(SEARCH, {"q": q}).context["hits"]]


@pytest.fixture
def threads(starter):
    chest = cast.thread(starter, title="Nyeri dada menjalar")
    cast.answer(starter, chest, "Serabut nyeri jantung masuk ke segmen T1")
    cast.thread(starter, title="Kadar Hb pada anemia")
    return chest


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("dada", 1), ("menjal", 1), ("serabut jantung", 1), ("jantung dada", 0), ("DADA", 1),
        ("hb", 1), ("nyeri", 2), ("semua", 2), ("zzz", 0), ("", 0), ("a", 0),
    ],
)  # fmt: skip
def test_words_find_titles_and_texts(reader, threads, q, found):
    assert len(titles(reader, q)) == found


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("what apex", 1), ("how the apex", 0), ("what is the apex", 1), ("the", 2), ("about", 0),
        ("who where", 0), ("www", 1), ("thes", 1),
    ],
)  # fmt: skip
def test_words_that_the_index_leaves_out_are_found_too(reader, starter, q, found):
    """Else a question as one asks it in English finds nothing: "what" is in no index."""
    cast.thread(starter, title="What is the apex beat?")
    cast.thread(starter, title="Www dan these")
    cast.thread(starter, title="Lain")
    assert len(titles(reader, q)) == found


@pytest.mark.smoke
@pytest.mark.parametrize(
    "q",
    [
        "+", "-dada", '"', "(", "*", "@5", "dada*", "~<>", "%", "_", "\\", "' OR 1=1 --", "[",
        "x" * 500, "\0", "\ud800", "١٢", "+dada -nyeri", "a b c d e f g h i j k",
    ],
)  # fmt: skip
def test_odd_searches_are_no_error(reader, threads, q):
    assert reader.get(SEARCH, {"q": q.encode("utf-8", "replace")}).status_code == 200


@pytest.mark.smoke
def test_unseen_and_removed_posts_are_not_found(reader, threads, starter):
    cast.thread(starter, title="Rahasia pribadi", is_private=True)
    cast.thread(cast.person("t", "lecturer"), cast.lecturers_only(), title="Rahasia dosen")
    post = cast.answer(starter, threads, "Rahasia terhapus")
    Post.objects.filter(pk=post.pk).update(
        state="deleted", removed_at=post.created_at, removed_by=starter
    )
    assert titles(reader, "rahasia") == []


def test_anonymous_hit_names_nobody(reader, starter):
    cast.thread(starter, title="Bertanya diam-diam", is_anonymous=True)
    text = reader.get(SEARCH, {"q": "diam"}).text
    assert "Bertanya" in text
    assert "Siti" not in text


def test_author_is_not_searched(reader, threads):
    assert titles(reader, "Siti") == []


def test_changed_title_is_found_anew(reader, threads, starter):
    from forum.services.threads import Plan, change_thread

    change_thread(actor=starter, thread_id=threads.pk, plan=Plan(title="Judul pengganti"))
    assert len(titles(reader, "pengganti")) == 1
    assert titles(reader, "menjalar") == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_search_query_budget(reader, starter, django_assert_num_queries, rows, headers):
    for number in range(rows):
        cast.thread(starter, title=f"Jantung {number}")
    with django_assert_num_queries(LIST_QUERIES):
        response = reader.get(SEARCH, {"q": "jantung"}, headers=headers)
    assert len(response.context["hits"]) == rows
    assert ("<html" in response.text) is (headers == {})


@pytest.mark.smoke
def test_category_searches_itself(reader, threads):
    category = threads.category
    page = reader.get(f"/forum/c/{category.slug}/", {"q": "menjal"}).text
    assert "Nyeri dada menjalar" in page
    assert "Kadar Hb" not in page


def test_snippet_marks_the_words():
    text = "awal " * 40 + "nyeri dada di tengah " + "akhir " * 40
    pieces = snippet(text, "NYERI tengah")
    assert [piece for piece, is_hit in pieces if is_hit] == ["nyeri", "tengah"]
    assert len("".join(piece for piece, _hit in pieces)) < 200
    assert words_of("a_b c-d ef.gh") == ["ef", "gh"]


def found(text: str, who) -> list[registry.Hit]:
    groups = registry.find(who, text, limit=5)
    return [hit for group in groups if group.source.name == "discussions" for hit in group.hits]


def test_search_over_everything_finds_discussions_with_their_words(threads):
    hit = found("serabut", cast.person("somebody"))[0]
    assert hit.title == "Nyeri dada menjalar"
    assert "Serabut nyeri jantung" in hit.detail
    assert hit.address.startswith("/forum/posts/")


def test_search_over_everything_hides_what_one_may_not_read(starter):
    cast.thread(starter, title="Rahasia pribadi", is_private=True)
    cast.thread(starter, title="Rahasia anonim", is_anonymous=True)
    hits = found("rahasia", cast.person("somebody"))
    assert [hit.title for hit in hits] == ["Rahasia anonim"]
    assert "Siti" not in hits[0].detail
    assert len(found("rahasia", starter)) == 2


@pytest.mark.parametrize(
    ("rate", "address"),
    [
        ((search, "RATE"), f"{SEARCH}?q=dada"),
        ((writing, "PEOPLE_RATE"), "/forum/people/?q=si"),
    ],
)
def test_too_many_searches_have_to_wait(reader, threads, monkeypatch, rate, address):
    """Else one person's script keeps the full-text index busy for everybody."""
    monkeypatch.setattr(*rate, Rate(f"tests_{rate[1]}", 2, 600))
    answers = [reader.get(address) for _look in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0
