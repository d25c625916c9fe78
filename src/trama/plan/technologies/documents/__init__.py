"""Spreadsheets of a technology: their description becomes XLSX. Texts are ``foundation.documents``.

``workbook`` and ``formulas`` read and check; ``xlsx`` writes. Nothing here reads the database or the clock: the same
description always gives the same bytes.
"""
