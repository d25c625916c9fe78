"""Documents: one reading of a small part of Markdown, written as HTML for a page, as DOCX and as PDF.

``markdown`` reads and checks; ``html``, ``docx``, ``odt`` and ``pdf`` write. Nothing here reads the database or the
clock: the same text always gives the same bytes. What a document is for, and where its frames and links lead, belongs
to the phase that asks.
"""
