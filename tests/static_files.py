"""Static files for tests: looked for once, not again for every client that a test makes."""

from typing import ClassVar

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class StaticFilesFoundOnce(WhiteNoiseMiddleware):
    """WhiteNoise that remembers what lies in a folder.

    Django's test client builds the middleware anew for each test, and reading some hundred
    files takes 40 ms of CPU each time: minutes in a run of all tests.
    """

    _found: ClassVar[dict[tuple[str, str | None], dict[str, StaticFile]]] = {}

    def add_files(self, root: str, prefix: str | None = None) -> None:
        key = (str(root), prefix)
        if key not in self._found:
            known = set(self.files)
            super().add_files(root, prefix)
            self._found[key] = {url: self.files[url] for url in self.files if url not in known}
        self.files.update(self._found[key])
