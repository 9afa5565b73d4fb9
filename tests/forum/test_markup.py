"""What people type stays text: nothing of it runs, loads, turns or grows beyond measure."""

import re
import time

import pytest

from forum import markup
from forum.errors import Empty, ForumError
from forum.services.texts import write
from tests.forum import cast

HARMLESS_TAGS = re.compile(
    r"</?(p|br|strong|em|s|code|pre|blockquote|ul|ol|li|hr|a|h3|h4|table|thead|tbody|tr|th|td|b)\b"
)
INJECTIONS = [
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.gif)",
    "[x]: javascript:alert(1)\n\n[x]",
    "<div hx-get=/admin/ hx-trigger=load>",
    "<div data-hx-post=/x>",
    "<form action=/accounts/logout/ method=post><button>",
    "<style>*{display:none}</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "```html onload=alert(1)\nx\n```",
    '[x](http://a.id "onmouseover=alert(1)")',
    '[x](<http://a.id" onclick="alert(1)>)',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!-- --><script>alert(1)</script>",
    "<<script>script>alert(1)<</script>/script>",
    '@author"><script>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
]


def tags_of(html: str) -> list[str]:
    return re.findall(r"<[^>]*>", html)


@pytest.mark.parametrize("text", INJECTIONS)
def test_injection_stays_text(text):
    html = markup.render(markup.clean_source(text))
    for tag in tags_of(html):
        assert HARMLESS_TAGS.match(tag), tag
        assert not re.search(r"\s(on\w+|hx-|data-|style|class|id|src)\b", tag), tag
    assert not re.search(r'href="(?!https?://|mailto:)', html)


def test_markdown_becomes_what_it_says():
    text = (
        "# Judul\n\n**tebal** *miring* ~~coret~~\n\n> kutipan\n\n1. satu\n2. dua\n\n<https://a.id>"
    )
    html = markup.render(text)
    for part in ("<h3>Judul</h3>", "<strong>tebal</strong>", "<s>coret</s>", "<blockquote>"):
        assert part in html
    assert '<a href="https://a.id" rel="nofollow noopener ugc">' in html


def test_known_people_are_named_and_unknown_stay_text():
    html = markup.render("@nadia dan @tak-ada, a@nadia.id", lambda names: {"nadia": "Nadia <b>"})
    assert html == '<p><b class="mention">@Nadia &lt;b&gt;</b> dan @tak-ada, a@nadia.id</p>'


@pytest.mark.django_db
def test_a_thousand_mentions_are_twenty(django_assert_num_queries):
    for number in range(25):
        cast.person(f"u{number}")
    text = " ".join(f"@u{number}" for number in range(1000))[:5000]
    with django_assert_num_queries(1):
        assert len(write(text).mentioned) == 20


@pytest.mark.parametrize(
    "text",
    [
        ">" * 5000, "[" * 5000, "[a](" * 1250, "*" * 5000, "*a**b" * 1000, "`" * 4999,
        "".join("  " * i + "- a\n" for i in range(60)), "|a" * 1000 + "\n" + "|-" * 1000 + "\n|" * 900,
        "&" * 5000, "a" * 5000, "![" * 2500, "<" * 5000, "_a" * 2500, "\\" * 5000,
        "[a][b]" * 800, "https://a.id/" + "a" * 4900, "- " * 2500, "1. " * 1600,
    ],
    ids=range(18),
)  # fmt: skip
def test_markdown_bomb_is_quick_and_small(text):
    """Else one post keeps a whole web process busy."""
    begun = time.process_time()
    try:
        html = write(text).html
    except ForumError:
        html = ""
    assert time.process_time() - begun < 1
    assert len(html) < 150_000


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\u202eb\u2066c", "abc"),
        ("a\0b\x1bc\ud800", "abc"),
        ("a" + "\u0301" * 300, "a" + "\u0301" * 4),
        ("a\r\nb\rc", "a\nb\nc"),
        ("  halo\t👩‍⚕️  ", "halo\t👩‍⚕️"),
    ],
    ids=["direction", "control", "zalgo", "line ends", "emoji"],
)
def test_source_is_cleaned(text, kept):
    assert markup.clean_source(text) == kept


@pytest.mark.parametrize("text", ["", "   ", "\u202e", "\0", "\n\n", "[x]: https://a.id"])
def test_nothing_is_refused_as_empty(text):
    with pytest.raises(Empty):
        write(text)


def test_plain_text_of_html():
    assert markup.plain("<p>a &lt;b&gt;</p><p>c</p>") == "a &lt;b&gt; c"


def test_plain_text_reads_as_it_was_written():
    """Else a notice quotes "Halo @Budi , ini penting ." as nobody wrote it."""
    text = "Halo @budi, ini **penting** (*sangat*): `kode`.\n\n- satu\n- du~~a~~\n\nakhir\nsini"
    html = markup.render(text, lambda names: dict.fromkeys(names, "Budi"))
    said = "Halo @Budi, ini penting (sangat): kode. satu dua akhir sini"
    assert markup.plain(html) == said
