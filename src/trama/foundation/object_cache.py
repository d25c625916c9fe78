"""A cache of objects themselves, in this process: for rows that never change again, and that nobody changes.

Django's cache in memory pickles: reading a list of rows back costs what reading them from the database does. Here every
reader is given the same objects, in any thread, so it is only for what is read. Tests set Django's dummy cache in its
place, because they take back rows that a database would keep for good.
"""

import threading
from collections import OrderedDict
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_stores: dict[str, tuple[OrderedDict[str, Any], threading.Lock]] = {}  # Django makes a cache for each thread


class ObjectCache(BaseCache):
    """The last ``MAX_ENTRIES`` things that were asked for. What is kept has no age: ``timeout`` is not read."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._kept, self._lock = _stores.setdefault(name, (OrderedDict(), threading.Lock()))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        with self._lock:
            if key not in self._kept:
                return default
            self._kept.move_to_end(key)
            return self._kept[key]

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._max_entries:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
