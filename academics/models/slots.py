"""Generated columns for rules like "at most one active".

MariaDB silently creates no conditional unique constraint. A column that is NULL unless the rule
applies, under a plain unique, says the same: NULLs never collide.
"""

from typing import Any

from django.db import models
from django.db.models import Case, Q, Value, When


def slot(condition: Q, then: Any = None, *, unique: bool = True) -> Any:
    """A column that holds ``then`` (1 if not given) where ``condition`` is true, else NULL."""
    value = Value(1) if then is None else then
    return models.GeneratedField(
        expression=Case(When(condition, then=value), default=Value(None)),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
        unique=unique,
        editable=False,
    )
