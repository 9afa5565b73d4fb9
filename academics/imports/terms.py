"""Which term a row is about, from the term that was chosen with the file."""

from typing import Any

from academics.choices import TermKind
from academics.imports.kind import Context, Draft
from academics.models import Term

CHOSEN, TERMS = "chosen term", "terms of its year"


def chosen_term(context: Context) -> Term | None:
    """The term that was chosen with the file: one query for each import."""
    if CHOSEN not in context.memory:
        rows = Term.objects.select_related("year").filter(pk=context.term_id)
        context.memory[CHOSEN] = rows.first() if context.term_id else None
    term: Term | None = context.memory[CHOSEN]
    return term


def term_of(draft: Draft, context: Context) -> Term | None:
    """The term of the chosen one's year that fits the row's period, or its level.

    A course of an odd level is given in the odd term: one file may hold a whole year.
    """
    chosen = chosen_term(context)
    if chosen is None:
        return None
    if TERMS not in context.memory:
        rows = Term.objects.filter(year_id=chosen.year_id)
        context.memory[TERMS] = {term.kind: term for term in rows}
    level: Any = draft.values.get("level")
    kind = draft.values.get("period")
    if not kind and "level" in draft.values:
        kind = TermKind.SHORT if level == "" else TermKind.ODD if level % 2 else TermKind.EVEN
    found: Term | None = context.memory[TERMS].get(kind)
    return found
