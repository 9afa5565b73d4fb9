"""Browsers of some years ago, imitated: what they did not know yet is taken out of what they get.

A browser drops what it does not know: a declaration, a rule, a selector, an attribute. The same
happens when the name is spoiled on the way, so that today's browser does not know it either.
"""

import re

from playwright.sync_api import Page, Route

# The year in which the browser was new, and what it did not know.
PAIRS = ("light-dark(",)  # before Chrome 123, Firefox 120, Safari 17.5
LATER = (*PAIRS, "oklch(", "color-mix(", ":has(", ":popover-open", "@container", "@starting-style")
UNKNOWN = {2023: PAIRS, 2022: LATER}
NO_NESTING = NO_POPOVER = {2022}

FORGET = """
    for (const name of ["popover", "showPopover", "hidePopover", "togglePopover"])
        delete HTMLElement.prototype[name]
"""


def imitate(page: Page, year: int) -> None:
    """Let ``page`` get what a browser of ``year`` would have understood."""

    def style(route: Route) -> None:
        answer = route.fetch()
        text = without_nesting(answer.text()) if year in NO_NESTING else answer.text()
        for name in UNKNOWN[year]:
            text = text.replace(
                name, name[0] + "un" + name[1:] if name[0] in ":@" else f"un{name}"
            )
        route.fulfill(response=answer, body=text)

    def document(route: Route) -> None:
        if route.request.resource_type != "document":
            route.continue_()
            return
        answer = route.fetch(max_redirects=0)
        route.fulfill(response=answer, body=answer.text().replace(" popover", " unpopover"))

    if year in NO_POPOVER:
        page.add_init_script(FORGET)
        page.route("**/*", document)
    page.route("**/*.css", style)


def without_nesting(css: str) -> str:
    """``css`` without the rules that stand inside of rules."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    kept: list[str] = []
    in_rule = depth = 0  # of blocks within a rule
    prelude = ""
    for sign in css:
        prelude += sign
        if sign == "{":
            if in_rule:
                depth += 1
            else:
                kept.append(prelude)
                in_rule = int(not is_group(prelude))
                prelude = ""
        elif sign == "}":
            if depth:
                depth -= 1
            else:
                kept.append(prelude)
                in_rule = 0
            prelude = ""
        elif sign == ";" and not depth:
            kept.append(prelude)
            prelude = ""
    return "".join(kept)


def is_group(prelude: str) -> bool:
    """Whether a block holds rules, not declarations."""
    return prelude.strip().startswith(
        ("@layer", "@media", "@container", "@supports", "@keyframes")
    )
