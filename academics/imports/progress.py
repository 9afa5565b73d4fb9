"""How far a worker is with an import (isme.lib.progress)."""

from collections.abc import Callable

from isme.lib import progress


def _key(import_id: int, run: int) -> str:
    return f"import:{import_id}:{run}"


def teller(import_id: int, run: int, total: int = 0) -> Callable[[int], None]:
    """A function that tells how many rows of ``total`` (0: not known yet) are done."""
    return progress.teller(_key(import_id, run), total)


def heard(import_id: int, run: int) -> tuple[int, int]:
    """Rows done and rows in all; zeros when nothing is known. One exchange."""
    return progress.heard(_key(import_id, run))
