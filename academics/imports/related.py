"""What hangs on rows: everything that points at them by a foreign key, found in the models."""

from collections.abc import Sequence

from django.db.models import Model

ROWS = 500


def hanging_on(
    model: type[Model], targets: Sequence[int], *, ignore: Sequence[type[Model]] = ()
) -> dict[str, int]:
    """Count the rows that point at one of ``targets``: words -> how many.

    One query for each relation and 500 targets. A one-to-one that shares the key (a profile) is
    a part, not something that hangs: what points at it is counted instead.
    """
    found: dict[str, int] = {}
    for relation in model._meta.related_objects:
        other = relation.related_model
        if other in ignore or not isinstance(other, type):
            continue
        field = relation.field
        if relation.one_to_one and field.primary_key:
            for words, times in hanging_on(other, targets, ignore=ignore).items():
                found[words] = found.get(words, 0) + times
            continue
        times = 0
        for start in range(0, len(targets), ROWS):
            some = targets[start : start + ROWS]
            times += other._default_manager.filter(**{f"{field.name}__in": some}).count()
        if times:
            words = str(other._meta.verbose_name_plural)
            found[words] = found.get(words, 0) + times
    return found
