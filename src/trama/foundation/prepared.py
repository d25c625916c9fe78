"""Statements that are written once and run very often: ``@prepared`` builds one from a query of Django's, and
``prepared_cursor`` runs one written by hand (docs/decisions/0112, 0113, 0153).

Of what a query of a page costs, most is the building of its statement: columns, joins, order. It comes out the same at
every request; only the values differ. ``@prepared`` builds it at the first call and keeps it in the process; each later
call puts its values in and reads. The query stays written as everywhere, and so does what it gives::

    @prepared
    def _checks_of(action: int, since: datetime) -> QuerySet[WeeklyCheck]:
        return WeeklyCheck.objects.filter(action=action, at__gte=since).select_related("by")

    _checks_of(action.pk, since)  # a list of WeeklyCheck: one query

All that differs from call to call is an argument: numbers, texts, days, instants, keys; collections of them, for
``__in``; frozen dataclasses of those. The function is given places in their stead, so it cannot decide by them; and it
must read neither the clock, nor the language, nor the time zone (``__date`` of an instant does): they would stay those
of the first call. An argument that is None, or a collection that is empty, changes the statement: the function is given
that itself, and what it then builds is kept apart.

Everything Django does around a statement stays: its errors, its checks of the connection, its counting in tests.
"""

import copy
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import update_wrapper
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler


def prepared_cursor(connection: Any) -> Any:
    """A cursor that sends values apart from the statement, so that PostgreSQL can keep the plan of the statement.

    Use it in ``with``. ``prepare_threshold`` of the connection (``config.settings.databases``) says from which
    repetition on; without it, and on SQLite, which keeps compiled statements by itself, this is the ordinary cursor.
    """
    if connection.vendor != "postgresql" or connection.settings_dict["OPTIONS"].get("prepare_threshold") is None:
        return connection.cursor()
    from psycopg import Cursor

    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection._prepare_cursor(Cursor(connection.connection))


# --- queries of Django's ----------------------------------------------------------------------------------------------

_ONE = (bool, int, float, str, Decimal, date, time, UUID)
WHOLE_BITS = 63  # of the largest whole number that a database takes, beside its sign
type _Shape = tuple[Any, ...]


class _Place(Expression):
    """Where a value, or the values of a collection, will stand in a statement."""

    def __init__(self, number: int, *, several: bool) -> None:
        super().__init__()
        self.number, self.several, self.stands = number, several, False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return (f"(/*{self.number}*/%s)" if self.several else "%s"), (self,)

    def resolve_expression(self, *arguments: Any, **named: Any) -> Any:
        resolved = super().resolve_expression(*arguments, **named)
        resolved.stands = True
        return resolved

    def __bool__(self) -> bool:
        if not self.stands:
            raise TypeError("a prepared query cannot decide by its values")
        return True  # Django asks, of what stands in a query


@dataclass(frozen=True, slots=True)
class _Kept:
    """A statement, and what reads its rows. ``compiler`` is None where nothing can ever be found."""

    queryset: Any
    compiler: Any
    sql: str
    values: tuple[Any, ...]
    converters: Any

    def read(self, values: list[Any]) -> list[Any]:
        if self.compiler is None:
            return []
        connection = connections[self.queryset.db]
        sql, parameters = self.sql, []
        for value in self.values:
            if not isinstance(value, _Place):
                parameters.append(value)
            elif not value.several:
                parameters.append(_adapted(values[value.number], connection))
            else:
                those = [_adapted(one, connection) for one in values[value.number]]
                sql = sql.replace(f"/*{value.number}*/%s", ", ".join(["%s"] * len(those)))
                parameters.extend(those)
        compiler = copy.copy(self.compiler)
        compiler.connection = connection  # of this thread
        compiler.as_sql = lambda *_arguments, **_named: (sql, tuple(parameters))
        compiler.get_converters = lambda _expressions: self.converters
        query = _Beside(self.queryset.query, get_compiler=lambda *_arguments, **_named: compiler)
        return list(self.queryset._iterable_class(_Beside(self.queryset, query=query)))


class _Beside:
    """An object with some of its attributes replaced, for one reading; the object itself is not touched."""

    def __init__(self, of: Any, **replaced: Any) -> None:
        self.__dict__.update(replaced)
        self._of = of

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)


class Prepared[**P, R]:
    """What ``@prepared`` makes of a function. ``build`` is the function itself, for a query to be built further."""

    def __init__(self, build: Callable[P, QuerySet[Any, R]]) -> None:
        self.build = build
        self._kept: dict[_Shape, _Kept] = {}
        update_wrapper(self, build)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> list[R]:
        """The rows, all read. One query, or none where nothing can be found."""
        values: list[Any] = []
        shape: _Shape = (
            *(_shape(one, values) for one in arguments),
            *((k, _shape(v, values)) for k, v in named.items()),
        )
        if any(isinstance(one, int) and one.bit_length() > WHOLE_BITS for one in values):
            return list(self.build(*arguments, **named))  # from an address, of any length: no column holds it
        kept = self._kept.get(shape)
        if kept is None:
            numbers = iter(range(len(values)))
            places = [_with_places(one, numbers) for one in arguments]
            build: Callable[..., QuerySet[Any, R]] = self.build
            kept = _built(build(*places, **{name: _with_places(one, numbers) for name, one in named.items()}))
            self._kept[shape] = kept
        return kept.read(values)


def prepared[**P, R](build: Callable[P, QuerySet[Any, R]]) -> Prepared[P, R]:
    """Make a function that gives a query one that reads it, its SQL built once (see above)."""
    return Prepared(build)


def hang(owners: Collection[Model], name: str, rows: Iterable[Model]) -> None:
    """Give each owner its ``rows`` under ``name``, as ``prefetch_related(name)`` would, in the order they come.

    ``rows`` point to owners by the foreign key whose ``related_name`` is ``name``; each is given its owner as well.
    """
    if not owners:
        return
    link = getattr(type(next(iter(owners))), name).field
    of: dict[Any, list[Model]] = {owner.pk: [] for owner in owners}
    owner_of = {owner.pk: owner for owner in owners}
    for row in rows:
        key = getattr(row, link.attname)
        link.set_cached_value(row, owner_of[key])
        of[key].append(row)
    for owner in owners:
        related = getattr(owner, name).get_queryset()
        related._result_cache, related._prefetch_done = of[owner.pk], True
        owner.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related


def _shape(given: Any, values: list[Any]) -> Any:
    """What of an argument changes the statement. What does not is added to ``values``."""
    if given is None:
        return None
    if isinstance(given, _ONE):
        values.append(given)
        return "one"
    if is_dataclass(given) and not isinstance(given, type):
        return (type(given), *(_shape(getattr(given, part.name), values) for part in fields(given)))
    if isinstance(given, Collection):
        if given:
            values.append(given)
        return "several" if given else "empty"
    raise TypeError(f"a prepared query takes plain values, not {type(given).__name__}")


def _with_places(given: Any, numbers: Iterator[int]) -> Any:
    """An argument with places for its values, numbered as ``_shape`` meets them."""
    if given is None:
        return None
    if isinstance(given, _ONE):
        return _Place(next(numbers), several=False)
    if is_dataclass(given) and not isinstance(given, type):
        return replace(given, **{part.name: _with_places(getattr(given, part.name), numbers) for part in fields(given)})
    return _Place(next(numbers), several=True) if given else given


def _built(queryset: Any) -> _Kept:
    if queryset._prefetch_related_lookups or queryset._known_related_objects:
        raise ValueError("a prepared query reads one thing: neither prefetch_related nor the manager of an object")
    compiler: SQLCompiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, values = compiler.as_sql()
    except EmptyResultSet:
        return _Kept(queryset, None, "", (), {})
    assert compiler.select is not None
    assert compiler.col_count is not None
    converters = compiler.get_converters([column for column, *_rest in compiler.select[: compiler.col_count]])
    return _Kept(queryset, compiler, sql, tuple(values), converters)


def _adapted(value: Any, connection: Any) -> Any:
    """A value as the database takes it, as the field of its kind would give it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, time):
        return connection.ops.adapt_timefield_value(value)
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, Decimal):
        return connection.ops.adapt_decimalfield_value(value)
    return value
