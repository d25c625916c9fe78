"""End to end: a real server process, a real browser, HTTP only.

``pages.py`` lists the pages that must pass every check; add yours there. ``checks.py`` holds what is checked,
``server.py`` the database and the server, ``watch.py`` what must not happen while a page is open. Run them by
themselves: ``pytest tests/e2e``. With ``TRAMA_E2E_DATABASE`` a prepared SQLite database is copied instead of building
one.
"""
