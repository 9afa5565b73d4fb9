"""The web process. It refuses to start with a durable Redis that may evict jobs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isme.settings")

application = get_wsgi_application()

from isme.lib.health import require_durable_broker  # noqa: E402  (needs the settings loaded)

require_durable_broker()
