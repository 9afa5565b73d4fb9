"""Names of expertise in cells: matched without regard to case, added when they are new."""

from collections.abc import Iterable, Mapping

from academics.imports.kind import Context, Draft, fold
from academics.models import Expertise

KNOWN = "expertise"


def known_names(context: Context) -> set[str]:
    """Folded names that exist, one query for each import."""
    if KNOWN not in context.memory:
        names = Expertise.objects.values_list("name", flat=True)
        context.memory[KNOWN] = {fold(name) for name in names}
    known: set[str] = context.memory[KNOWN]
    return known


def note_new(draft: Draft, columns: Iterable[str], context: Context) -> None:
    """Count names that would be added to the list, once each."""
    known = known_names(context)
    for column in columns:
        names = draft.values.get(column)
        for name in names if isinstance(names, list) else []:
            if fold(name) not in known:
                known.add(fold(name))
                context.notice("new_expertise")


def expertise_keys(names: Iterable[str]) -> Mapping[str, int]:
    """Folded name -> key; missing ones are created, in order. Two queries, two more if any."""
    wanted = {fold(name): name for name in names}
    if not wanted:
        return {}
    keys = _keys()
    missing = [wanted[folded] for folded in sorted(wanted) if folded not in keys]
    if missing:
        Expertise.objects.bulk_create(Expertise(name=name) for name in missing)
        keys = _keys()
    return keys


def _keys() -> dict[str, int]:
    return {fold(name): pk for name, pk in Expertise.objects.values_list("name", "pk")}
