"""Production's settings and, beside ISME's pages, the ones they are compared with."""

from isme.settings import *  # noqa: F403, TID251
from isme.settings import TEMPLATES, VAR  # noqa: TID251

ROOT_URLCONF = "loadtests.urls"
TEMPLATES[0]["DIRS"].append(VAR / "templates")
