"""What a browser fetched for each page, in bytes over the wire."""

import gzip
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

ICON = "/static/isme/icon.svg"
COLD, WARM = 100_000, 30_000  # compressed; warm is what no browser keeps


class Scales:
    """Listens to ``page``: what comes from the browser's own store is heard as well."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answers: list[Response] = []
        self.known: dict[str, int] = {}
        page.on("response", self._keep)

    def _keep(self, answer: Response) -> None:
        self.answers.append(answer)

    def problems(self) -> list[str]:
        """What is too heavy, or came from elsewhere, since ``answers`` were cleared."""
        if ICON not in self.known:
            # A browser without a screen doesn't fetch the icon of the tab.
            icon = self.page.request.get(ICON)
            self.known[ICON] = len(gzip.compress(icon.body()))
        own = urlsplit(self.page.url).netloc
        found, warm, cold = [], 0, self.known[ICON]
        for one in self.answers:
            address = urlsplit(one.url)
            if address.netloc != own and address.scheme != "data":
                found.append(f"fetches from elsewhere: {one.url}")
            if not one.ok:
                continue
            is_kept = address.path.startswith("/static/")
            if not is_kept or one.url not in self.known:
                self.known[one.url] = len(gzip.compress(one.body()))
            cold += self.known[one.url]
            warm += 0 if is_kept else self.known[one.url]
        if warm > WARM or cold > COLD:
            found.append(f"{cold} bytes cold, {warm} warm")
        return found
