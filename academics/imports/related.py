"""What hangs on rows: everything that points at them by a foreign key, found in the models."""

from collections.abc import Sequence

from django.db.models import CASCADE, Model

ROWS = 500


def hanging_on(model: type[Model], targets: Sequence[int]) -> dict[str, int]:
    """Count the rows that point at one of ``targets``: words -> how many.

    What goes with its owner (CASCADE) is a part of it, not something that hangs; of a
    one-to-one part, a profile, what points at that is counted. One query for each relation
    and 500 targets.
    """
    found: dict[str, int] = {}
    for relation in model._meta.related_objects:
        other = relation.related_model
        if not isinstance(other, type) or not issubclass(other, Model):
            continue
        if relation.on_delete is CASCADE:
            if relation.one_to_one:
                _add(found, hanging_on(other, targets))
            continue
        times = 0
        for start in range(0, len(targets), ROWS):
            some = targets[start : start + ROWS]
            times += other._default_manager.filter(**{f"{relation.field.name}__in": some}).count()
        if times:
            _add(found, {str(other._meta.verbose_name_plural): times})
    return found


def _add(found: dict[str, int], more: dict[str, int]) -> None:
    for words, times in more.items():
        found[words] = found.get(words, 0) + times
