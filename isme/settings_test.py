"""The settings under which the tests run: those of a laptop, with demo accounts allowed."""

import os

os.environ["ISME_ENV"] = "local"
os.environ["DEMO"] = "1"
os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 4)

from isme.addresses import cache_of
from isme.settings import *  # noqa: F403, TID251 (the one place that builds on it)
from isme.settings import (  # noqa: TID251
    MIDDLEWARE,
    PASSWORD_HASHERS,
    REDIS_CACHE_URL,
    REDIS_DURABLE_URL,
    STORAGES,
    VAR,
)
from isme.storage_url import Folder

MIDDLEWARE = [
    "tests.static_files.StaticFilesFoundOnce" if name.startswith("whitenoise.") else name
    for name in MIDDLEWARE
]
PASSWORD_HASHERS = [
    "tests.hashers.CheapArgon2Hasher" if name.endswith(".Argon2Hasher") else name
    for name in PASSWORD_HASHERS
]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# A run must not see the fence of a server that somebody uses beside it.
VAR = VAR / f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
MEDIA_ROOT = VAR / "media"
if "STORAGE_URL" not in os.environ:  # else a test gave its processes a bucket
    STORAGES["default"] = Folder(MEDIA_ROOT).entry
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PUBLIC_URL = "https://isme.example.ac.id"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# A busy machine must not look like a dead Redis. Tests of dead ones start processes of their own,
# with a short limit.
REDIS_READ_SECONDS = float(os.environ.get("ISME_TEST_REDIS_SECONDS", "5"))
CACHES = {
    name: cache_of(url, connect_seconds=REDIS_READ_SECONDS, read_seconds=REDIS_READ_SECONDS)
    for name, url in (("default", REDIS_CACHE_URL), ("durable", REDIS_DURABLE_URL))
}
