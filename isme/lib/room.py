"""Room on a disk. What is large leaves the last of it to the database.

MariaDB that can't write keeps everybody waiting, for up to a minute after there is room again.
"""

import errno
import shutil
from pathlib import Path

FOR_UPLOADS, FOR_BACKUPS, FOR_LOGS = 200 * 10**6, 500 * 10**6, 100 * 10**6  # bytes that are left


def need(folder: Path, size: int, *, leave: int) -> None:
    """Raise OSError unless ``leave`` bytes are left when ``size`` more lie in ``folder``."""
    while not folder.exists():
        folder = folder.parent
    left = shutil.disk_usage(folder).free - size
    if left < leave:
        words = f"Too full: {left / 10**6:,.0f} MB would be left"
        raise OSError(errno.ENOSPC, words, str(folder))
