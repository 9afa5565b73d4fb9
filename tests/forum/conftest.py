"""A thread, and a browser in which somebody is signed in who writes in it."""

import pytest

from tests.conftest import enter
from tests.forum import cast


@pytest.fixture
def where(db):
    return cast.category("umum")


@pytest.fixture
def made(where):
    return cast.thread(cast.person("starter", name="Siti Starter"))


@pytest.fixture
def writer(client, made):
    return enter(client, cast.person("writer", name="Wulan Writer"))
