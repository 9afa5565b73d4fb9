"""From rows of a file to what each would do. The same path for preview, command and commit."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from academics.imports.kind import Context, Draft, Kind

BATCH = 500
Thing = TypeVar("Thing")


class Planner:
    """Checks batches of one import in order; remembers which names the file used before."""

    def __init__(self, kind: Kind, context: Context) -> None:
        self.kind = kind
        self.context = context
        self._seen: dict[str, tuple[str, int]] = {}

    def check(self, batch: Sequence[Draft]) -> None:
        """Read every cell, then ask the database: a constant number of queries for each batch."""
        for draft in batch:
            for column in self.kind.columns:
                column.read(draft)
            self._find_twins(draft)
        self.kind.look_up(batch, self.context)

    def _find_twins(self, draft: Draft) -> None:
        for column, value in self.kind.names_of(draft):
            first = self._seen.setdefault(value, (draft.sheet, draft.number))
            if first != (draft.sheet, draft.number):
                draft.bad(column, "same_as_row", sheet=first[0], row=first[1])

    def checked(self, drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
        """Yield batches of up to 500 checked rows and tell the progress."""
        done, waiting = 0, []
        for batch in batches(drafts):
            self.check(batch)
            done += len(batch)
            self.context.progress(done)
            if self.kind.settles:
                waiting += batch
            else:
                yield batch
        if waiting:
            self.kind.settle(waiting, self.context)
            yield waiting


def batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    iterator = iter(things)
    while batch := list(islice(iterator, BATCH)):
        yield batch
