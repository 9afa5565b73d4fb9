"""Two hosts, real web processes, one bucket: what one took the other gives."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from isme.lib.models import StoredFile
from tests.buckets import Store
from tests.conftest import make_user
from tests.lib.test_files import picture
from tests.processes import PrivateRedis, Visitor, Web, database_url, real_processes

pytestmark = real_processes


@pytest.fixture
def hosts(mortal: Store) -> Iterator[list[Web]]:
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))  # a socket's path must be short
    redises = [PrivateRedis(folder, role) for role in ("cache", "durable")]
    for redis in redises:
        redis.start()
    shared = {f"REDIS_{redis.role.upper()}_URL": redis.url for redis in redises}
    shared |= {"DATABASE_URL": database_url(), "STORAGE_URL": mortal.url}
    webs = [
        Web(folder, name, ISME_VAR=str(folder / f"var-{name}"), **shared)
        for name in ("one", "two")
    ]
    yield [web.ready() for web in webs]
    for web in webs:
        web.stop()
    for redis in redises:
        redis.kill()
    shutil.rmtree(folder)


def test_picture_put_in_at_one_host_is_seen_at_the_other(hosts: list[Web], mortal: Store):
    one, two = hosts
    person, visitor = make_user(), Visitor()
    image = SimpleUploadedFile("me.png", picture(), "image/png")
    assert visitor.sign_in(one, person.username) == 302
    assert visitor.upload(one, "/accounts/profile/avatar/", avatar=image) == 302
    address = f"/files/{User.objects.get().avatar_id}/me.webp"
    assert visitor.get(two, address) == 200
    assert not list(two.folder.parent.glob("var-*/**/media/*/*"))

    mortal.kill()
    assert [visitor.get(web, address) for web in hosts] == [503, 503]
    assert [visitor.get(web) for web in hosts] == [200, 200]
    image.seek(0)
    assert visitor.upload(one, "/accounts/profile/avatar/", avatar=image) == 422
    assert StoredFile.objects.count() == 1
