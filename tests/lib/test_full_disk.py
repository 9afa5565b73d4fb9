"""The disk is full: who reads, signs in or writes goes on; whose file has no room is told so.

No file of the web process and of the durable Redis may grow (RLIMIT_FSIZE: nobody has to be root),
as on a disk without room. The database's own disk is full in loadtests/chaos.
"""

import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from redis.exceptions import ResponseError

from accounts.models import User
from forum.models import Post
from isme.lib.models import StoredFile
from tests.conftest import make_user
from tests.forum.cast import thread
from tests.processes import PrivateRedis, Visitor, Web, database_url, real_processes, until

pytestmark = real_processes
LIMIT = resource.RLIMIT_FSIZE


@dataclass
class Server:
    web: Web
    durable: PrivateRedis

    def refuses(self) -> bool:
        """Whether the durable Redis takes nothing any more."""
        try:
            with self.durable.client as client:
                client.incr("growing")
        except ResponseError:
            return True
        return False

    @contextmanager
    def full(self) -> Iterator[None]:
        web = psutil.Process(self.web.process.pid)
        log = max(self.durable.folder.rglob("*.incr.aof"), key=lambda file: file.stat().st_mtime)
        sizes = {one.pid: 0 for one in [web, *web.children()]}
        sizes[self.durable.process.pid] = log.stat().st_size
        for pid, size in sizes.items():
            resource.prlimit(pid, LIMIT, (size, resource.RLIM_INFINITY))
        until(self.refuses, "a Redis that can't write its log")
        yield
        for pid in sizes:
            resource.prlimit(pid, LIMIT, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        until(lambda: not self.refuses(), "a Redis that writes again")


@pytest.fixture
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="isme", dir="/tmp"))  # a socket's path must be short
    redises = [PrivateRedis(folder, role) for role in ("cache", "durable")]
    for redis in redises:
        redis.start()
    urls = {f"REDIS_{redis.role.upper()}_URL": redis.url for redis in redises}
    var = {"ISME_VAR": str(folder / "var")}
    web = Web(folder, "web", DATABASE_URL=database_url(), **urls, **var)
    yield Server(web.ready(), redises[1])
    web.stop()
    for redis in redises:
        redis.kill()
    shutil.rmtree(folder)


def picture() -> SimpleUploadedFile:
    content = BytesIO()
    Image.effect_noise((64, 64), 90).save(content, "PNG")
    return SimpleUploadedFile("me.png", content.getvalue(), "image/png")


def test_full_disk_stops_only_what_needs_room_and_nothing_is_kept_by_halves(server: Server):
    here, later = make_user(), make_user("raka")
    place = f"/forum/t/{thread(here).pk}/reply/"
    visitor, other = Visitor(), Visitor()
    assert visitor.sign_in(server.web, here.username) == 302

    with server.full():
        assert visitor.get(server.web) == 200
        assert visitor.post(server.web, place, body="Masih bisa", idempotency_key="a" * 32) == 302
        assert other.sign_in(server.web, later.username) == 302
        assert other.sign_in(server.web, later.username, "wrong") == 200
        # Told as what it is: a 500 would be taken for a fault in the program.
        assert visitor.upload(server.web, "/accounts/profile/avatar/", avatar=picture()) == 503
        assert not StoredFile.objects.exists()

    assert visitor.upload(server.web, "/accounts/profile/avatar/", avatar=picture()) == 302
    assert User.objects.get(pk=here.pk).avatar_id == StoredFile.objects.get().pk
    assert visitor.post(server.web, place, body="Masih bisa", idempotency_key="a" * 32) == 302
    assert Post.objects.filter(body="Masih bisa").count() == 1
