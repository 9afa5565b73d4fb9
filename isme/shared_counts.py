"""Where the processes of the supervisor count together; decided before anything counts."""

import os
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share(folder: Path) -> bool:
    """Let this process write its counts into ``folder``; False where it can't.

    The client library decides when it is imported, whoever imports it first: so the settings,
    which come before every import, say it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    os.environ[VARIABLE] = str(folder)
    return True
