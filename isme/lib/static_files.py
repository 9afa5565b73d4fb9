"""Static files as the browser asks for them: by a name with the hash of their content, compressed."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

# django-htmx brings each version of htmx, and extensions: a third of all files. Pages name one.
NEVER_ASKED_FOR = ["htmax-*", "htmx-4*", "htmx-2.js", "ext"]


class Collected(StaticFilesConfig):
    """``collectstatic`` without what no page names."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *NEVER_ASKED_FOR]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Compresses what has a hash in its name, and only where that isn't done.

    Pages name files by their hash alone. What a name with a hash stands for never changes, so it
    is compressed once in its life and not at each ``collectstatic``: 14 s of CPU for all.
    """

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        hashed, found = set(self.hashed_files.values()), set(paths)
        for path in found - hashed:
            # nginx would send what an older release compressed, whatever the file is now.
            self.delete(f"{path}.gz")
            self.delete(f"{path}.br")
        yield from super().compress_files(
            [path for path in found & hashed if not self._is_compressed(path)]
        )

    def _is_compressed(self, path: str) -> bool:
        """Whether a whole one lies beside it, of the same content: one may be torn by a kill.

        By content, not by time: each ``collectstatic`` writes the sources anew. The one for gzip
        is written last.
        """
        source = Path(self.path(path))
        try:
            smaller = gzip.decompress(source.with_name(f"{source.name}.gz").read_bytes())
        except (FileNotFoundError, EOFError, gzip.BadGzipFile, zlib.error):
            return False
        return smaller == source.read_bytes()
