"""What of a page the rules of accessibility can tell apart: its elements, not its words.

Two pages of the same skeleton have the same faults, so one of them is looked at closely. A table
of two rows and one of fifty are one skeleton, and so are two people's pages.
"""

from hashlib import sha256
from pathlib import Path

from playwright.sync_api import Page

SKELETON = """
    () => {
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
            return name
        }
        const bones = e => {
            const text = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())
            const twins = e.id && document.querySelectorAll("#" + CSS.escape(e.id)).length > 1
            const below = []
            for (const child of e.children) {
                const drawn = bones(child)
                if (drawn !== below.at(-1)) below.push(drawn)
            }
            const attributes = [...e.attributes].map(of).sort()
            return `<${e.localName} ${attributes} ${text} ${twins}>${below.join("")}</>`
        }
        const main = document.querySelector("main")
        const body = main ? bones(main) : ""
        const frame = bones(document.documentElement)
        return [body, main ? frame.replace(body, "") : frame]
    }
"""


class Seen:
    """The skeletons that were looked at, by whichever process; kept as files in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def news(self, page: Page) -> tuple[bool, bool]:
        """Whether the page's body, and its frame, were never looked at; now they count as seen."""
        body, frame = page.evaluate(SKELETON)
        return self.first(body), self.first(frame)

    def first(self, what: str) -> bool:
        """Whether nobody said ``what`` before in this run."""
        try:
            (self.folder / sha256(what.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True
