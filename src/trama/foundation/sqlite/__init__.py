"""SQLite done properly: durable, checked at start, writers served in turn.

A Django database engine. Each connection reads its settings back and refuses to work if they are not those promised
(``settings``); every write first takes an operating-system lock (``queue``), because SQLite's own busy wait lets the
unluckiest of many writers wait for seconds. See docs/decisions/0002-sqlite.md.
"""
