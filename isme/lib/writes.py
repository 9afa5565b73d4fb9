"""Rows that are written by SQL made once, as ``isme.lib.prepared`` reads them.

``save()`` asks for signals, parents and what has changed, and writes its SQL anew: more CPU than
the database needs for the row. Where one request of everybody's writes three rows, that counts.
"""

from functools import lru_cache
from typing import Any

from django.db import connections, models, router, transaction

MODELS = 64
# A refusal spoils the transaction that it is in, as that of save() does: who catches it there must
# not call the rest done.
_writing = transaction.mark_for_rollback_on_error


def insert(*rows: models.Model) -> None:
    """INSERT new rows of one model by one query, as ``bulk_create`` would; a single one gets its key.

    Raises IntegrityError. For models without parents, receivers of signals, and defaults that the
    database gives.
    """
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields = _fields(model)
    params = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for row in rows
        for field in fields
    ]
    with _writing(connection.alias), connection.cursor() as cursor:
        cursor.execute(_insert_sql(model, connection.alias, len(rows)), params)
        if len(rows) == 1 and rows[0].pk is None:
            table = model._meta.db_table
            rows[0].pk = connection.ops.last_insert_id(cursor, table, _key(model))
    for row in rows:
        state = row._state  # noqa: SLF001 (what save() would have set)
        state.adding, state.db = False, connection.alias


def update(row: models.Model) -> None:
    """UPDATE all columns of ``row`` by its key: one query, as ``save(force_update=True)`` would.

    Raises IntegrityError; the model's DoesNotExist where no such row is. For the same models.
    """
    model = type(row)
    connection = connections[router.db_for_write(model)]
    fields = [field for field in _fields(model) if not field.primary_key]
    params = [
        field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields
    ]
    with _writing(connection.alias), connection.cursor() as cursor:
        cursor.execute(_update_sql(model, connection.alias), [*params, row.pk])
        if not cursor.rowcount:
            raise model.DoesNotExist  # type: ignore[attr-defined]


@lru_cache(maxsize=MODELS)
def _fields(model: type[models.Model]) -> list[Any]:
    """The columns that are written: all but a key that the database counts up."""
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField) and not field.generated
    ]


@lru_cache(maxsize=MODELS)
def _insert_sql(model: type[models.Model], alias: str, number: int) -> str:
    quote, fields = connections[alias].ops.quote_name, _fields(model)
    columns = ", ".join(quote(field.column) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    into = quote(model._meta.db_table)
    return f"INSERT INTO {into} ({columns}) VALUES {', '.join([one] * number)}"  # noqa: S608 (names of our models)


@lru_cache(maxsize=MODELS)
def _update_sql(model: type[models.Model], alias: str) -> str:
    quote = connections[alias].ops.quote_name
    columns = [quote(field.column) for field in _fields(model) if not field.primary_key]
    changes = ", ".join(f"{column} = %s" for column in columns)
    table, key = quote(model._meta.db_table), quote(_key(model))
    return f"UPDATE {table} SET {changes} WHERE {key} = %s"  # noqa: S608 (names of our models)


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)
