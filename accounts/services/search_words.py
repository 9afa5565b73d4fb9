"""Keeping the words of the search in step with names and identifiers."""

from collections import defaultdict
from collections.abc import Collection

from accounts.models import Identifier, SearchWord, User
from accounts.words import words_of
from isme.lib.transactions import retry_atomic

BATCH = 500


@retry_atomic
def index_people(user_ids: Collection[int]) -> None:
    """Write the words of these people anew: 4 queries for each 500. Harmless to repeat.

    Belongs into the transaction that changes a name or an identifier.
    """
    pks = sorted(user_ids)
    for start in range(0, len(pks), BATCH):
        _index(pks[start : start + BATCH])


def _index(pks: list[int]) -> None:
    values: dict[int, list[str]] = defaultdict(list)
    rows = Identifier.objects.filter(user_id__in=pks).values_list("user_id", "value")
    for user_id, value in rows:
        values[user_id].append(value)
    SearchWord.objects.filter(user_id__in=pks).delete()
    names = User.objects.filter(pk__in=pks).values_list("pk", "name")
    SearchWord.objects.bulk_create(
        SearchWord(user_id=pk, word=word)
        for pk, name in names
        for word in sorted(words_of(name, values[pk]))
    )
