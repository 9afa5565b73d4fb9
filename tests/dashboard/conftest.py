"""What the tests of home pages share."""

from collections.abc import Callable, Iterator

import pytest

from isme.lib import home
from isme.lib.home import Block


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Block], None]]:
    """Only the blocks of this test stand in the registry."""
    monkeypatch.setattr(home, "_blocks", {})
    yield home.add
    home.blocks_for.cache_clear()
    home.versions_of.cache_clear()
    home.versions_of_all.cache_clear()
