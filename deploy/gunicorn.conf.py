"""One gunicorn: one process, four threads. The supervisor runs one for each core.

The listening socket is the supervisor's and comes in as standard input, so that it outlives
every gunicorn: while one restarts, connections wait or go to the other, and none is refused.
"""

import gc
import os
from typing import Any

bind = "fd://0"
# The control socket would be one file for all gunicorns of a user, in the home directory.
control_socket_disable = True

# New connections go to the process that has nothing to do (isme.lib.fair_worker).
worker_class = "isme.lib.fair_worker.FairWorker"
workers = 1
threads = 4
worker_connections = 6000
keepalive = 30

timeout = 30
graceful_timeout = 25
# A slow leak must not matter; the jitter keeps the processes from restarting together.
max_requests = 200_000
max_requests_jitter = 20_000

# The heartbeat is a file's time stamp: on a busy disk it would stall a healthy worker.
MEMORY = "/dev/shm"
worker_tmp_dir = MEMORY if os.access(MEMORY, os.W_OK) else None

# No preload: a reload (HUP) must bring the new code.
preload_app = False

accesslog = None
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info")


def post_worker_init(worker: Any) -> None:
    """Never look for garbage among what is loaded: it stays, and is nearly all there is.

    Searching it took a seventh of what a sign-in costs without its hash. The addresses would be
    loaded by the first request otherwise, which would wait for them.
    """
    from django.urls import get_resolver

    _loaded = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
