"""What people write becomes HTML here, once, when it is saved; nothing else makes HTML of it.

Markdown without raw HTML, then a second, independent pass (nh3) that keeps a short list of tags.
Raise ``VERSION`` with every change of the rules: old posts are found by it and rendered anew.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

VERSION = 1
TAGS = {
    "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "a",
    "h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "b",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "b": {"class"}}
MOST_MENTIONS = 20
MOST_HTML_CHARACTERS = 120_000
MOST_MARKS_IN_A_ROW = 4
MOST_BRACKETS = 500  # each may open a link: the parser's work grows with their square
MOST_CELLS = 1000
MENTION = re.compile(r"(?<![\w@./-])@([a-z0-9][a-z0-9._-]{1,63})(?<![._-])", re.ASCII)
# Marks that turn the direction of the text after them: they make a reader see another text.
TURNERS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# Beyond the parser's nesting what was written would vanish without a word.
DEEP_QUOTE = re.compile(r"^((?:[ ]{0,3}>[ ]?){8})(?:[ ]{0,3}>[ ]?)+", re.MULTILINE)
HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}
MENTION_CLASS = "mention"
# Before any tag but those that stand within a word or a sentence: there its words end.
BETWEEN = re.compile(r"<(?!/?(?:strong|em|s|code|a|b)\b)")


class TooComplex(Exception):
    """The text would become far more HTML than anybody reads."""


def _text_rule(state: StateCore) -> None:
    """Pictures of other sites become links, headings modest, known mentions bold."""
    known: dict[str, str] = state.env.get("people", {})
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = HEADINGS[token.tag]
        if token.type == "inline" and token.children:
            token.children = [piece for child in token.children for piece in _pieces(child, known)]


def _pieces(token: Token, known: dict[str, str]) -> Iterable[Token]:
    if token.type == "image":
        opening = Token("link_open", "a", 1, attrs={"href": str(token.attrs.get("src", ""))})
        label = Token("text", "", 0, content=token.content or str(token.attrs.get("src", "")))
        return [opening, label, Token("link_close", "a", -1)]
    if token.type != "text" or "@" not in token.content or not known:
        return [token]
    found: list[Token] = []
    rest = 0
    for match in MENTION.finditer(token.content):
        name = known.get(match[1])
        if name is None:
            continue
        found.append(Token("text", "", 0, content=token.content[rest : match.start()]))
        found.append(Token("mention_open", "b", 1, attrs={"class": MENTION_CLASS}))
        found.append(Token("text", "", 0, content=f"@{name}"))
        found.append(Token("mention_close", "b", -1))
        rest = match.end()
    found.append(Token("text", "", 0, content=token.content[rest:]))
    return found


def _parser(*more: str) -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": 100}
    parser = MarkdownIt("commonmark", options).enable(["strikethrough", "linkify", *more])
    parser.core.ruler.push("forum", _text_rule)
    if parser.linkify is not None:
        # "kelas.id" in a sentence is no address: only what begins with http:// or https:// is.
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    return parser


_PARSER = _parser("table")
_PLAIN = _parser()


def clean_source(text: str) -> str:
    """The text as it is kept: one kind of line end, no control characters or turned direction.

    Heaps of combining marks are cut to four a letter, so that no line grows over others.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(TURNERS)
    kept: list[str] = []
    marks = 0
    for character in text:
        kind = unicodedata.category(character)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks > MOST_MARKS_IN_A_ROW or (kind in {"Cc", "Cs"} and character not in "\n\t"):
            continue
        kept.append(character)
    return "".join(kept).strip()


def mentions(text: str) -> list[str]:
    """The names after an @, each once, 20 at most: more is an advertisement."""
    return list(dict.fromkeys(MENTION.findall(text.lower())))[:MOST_MENTIONS]


def render(text: str, people: Callable[[list[str]], dict[str, str]] | None = None) -> str:
    """HTML of ``text`` that is safe to show as it is.

    ``people`` gives the names of those mentioned that exist, by username: at most one query.
    Raises TooComplex.
    """
    named = mentions(text) if people is not None else []
    known = people(named) if people is not None and named else {}
    if text.count("[") > MOST_BRACKETS:
        raise TooComplex
    text = DEEP_QUOTE.sub(r"\1", text)
    html = (_PARSER if _is_small_table(text) else _PLAIN).render(text, {"people": known})
    if len(html) > MOST_HTML_CHARACTERS:
        raise TooComplex
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
        strip_comments=True,
    ).strip()


def _is_small_table(text: str) -> bool:
    """Whether no table in it has more than 1,000 cells: 65,000 cost seconds."""
    lines = text.split("\n")
    return max(line.count("|") + 1 for line in lines) * len(lines) <= MOST_CELLS


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "b":
        return value if value == MENTION_CLASS else None
    if tag == "ol":
        return value if value.isascii() and value.isdigit() and len(value) < 6 else None  # noqa: PLR2004
    return value


def plain(html: str) -> str:
    """The words of rendered ``html``, on one line: for titles, snippets and notices."""
    spaced = BETWEEN.sub(" <", html)
    return " ".join(nh3.clean(spaced, tags=set()).split())
