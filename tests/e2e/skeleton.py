"""What of a page the rules of accessibility can tell apart: its elements, not its words.

Two pages of the same skeleton have the same faults, so one of them is looked at closely. A table
of two rows and one of fifty are one skeleton, and so are two people's pages.

Whether words can be read comes from what they stand in, all the way down the page: of words that
stand in the same, one is asked about.
"""

from hashlib import sha256
from pathlib import Path

from playwright.sync_api import Page

from tests.conftest import LONG

NEW = "data-new-ground"
# An element by itself: what its attributes say, or only that they say something.
FACE = """
        const told = ["class", "style", "role", "type", "lang", "dir", "scope", "tabindex",
            "colspan", "rowspan", "disabled", "hidden", "open", "popover", "fill", "stroke"]
        const points = ["for", "aria-labelledby", "aria-describedby", "aria-controls",
            "aria-owns", "aria-activedescendant", "headers"]
        const said = ["aria-label", "title", "alt", "placeholder", "aria-valuetext"]
        const of = ({name, value}) => {
            if (points.includes(name))
                return name + value.split(/\\s+/).map(id => !id || !!document.getElementById(id))
            if (said.includes(name)) return name + (value.trim() !== "")
            if (told.includes(name) || name.startsWith("aria-")) return name + "=" + value
            return name === "data-new-ground" ? "" : name
        }
        const face = e => `${e.localName} ${[...e.attributes].map(of).filter(Boolean).sort()}`
        const hasText = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
"""
SKELETON = """
    () => {
        FACE
        const bones = e => {
            const twins = e.id && document.querySelectorAll("#" + CSS.escape(e.id)).length > 1
            const below = []
            for (const child of e.children) {
                const drawn = bones(child)
                if (drawn !== below.at(-1)) below.push(drawn)
            }
            return `<${face(e)} ${hasText(e)} ${twins}>${below.join("")}</>`
        }
        const main = document.querySelector("main")
        const body = main ? bones(main) : ""
        const frame = bones(document.documentElement)
        return [body, main ? frame.replace(body, "") : frame]
    }
""".replace("FACE", FACE)
# What has words or is filled in, with all that it stands in; the first and the last of a row may
# look different, and what was hidden when it was asked about was not judged.
GROUNDS = """
    () => {
        FACE
        const grounds = window.isme_grounds = new Map()
        const walk = (e, above) => {
            const ends = [!e.previousElementSibling, !e.nextElementSibling]
            const ground = `${above}<${face(e)} ${ends}`
            if (hasText(e) || e.matches("input, select, textarea"))
                grounds.set(e, `${ground} ${e.checkVisibility()}`)
            for (const child of e.children) walk(child, ground)
        }
        walk(document.documentElement, "")
        return [...new Set(grounds.values())]
    }
""".replace("FACE", FACE)
MARK = """
    found => {
        const asked = new Set(found)
        for (const [e, ground] of window.isme_grounds)
            e.toggleAttribute("data-new-ground", asked.has(ground))
    }
"""


class Seen:
    """What was looked at, by whichever process; kept as files in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def news(self, page: Page) -> str:
        """A selector of what to ask about contrast; "" where body and frame were looked at.

        Now they count as looked at.
        """
        body, frame = map(self.first, page.evaluate(SKELETON))
        if LONG or not (body or frame):
            return "*" if body or frame else ""
        page.evaluate(MARK, [one for one in page.evaluate(GROUNDS) if self.first(one)])
        return f"[{NEW}]"

    def first(self, what: str) -> bool:
        """Whether nobody said ``what`` before in this run."""
        try:
            (self.folder / sha256(what.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True
