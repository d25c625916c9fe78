"""Technologies: the catalogue, its documents to download, and how partners write and revise them.

A published version never changes; an author prepares the next one as a draft, a reviewer comments, a pilot tries it.
"""
