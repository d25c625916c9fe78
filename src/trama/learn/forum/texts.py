"""The text of a post: a small part of Markdown with links, and how it is compared in a search.

Nobody is refused for a slip: what is not of that part of Markdown is shown as it was typed.
"""

import re
import unicodedata

from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.html import blocks_as_html
from trama.foundation.documents.markdown import Block, Dialect, Heading, read_blocks

LONGEST = 10_000
_BARE = re.compile(r"(?<![\w(<\[\"'])(https://[^\s<>()\[\]]+[^\s<>()\[\].,;:!?])")


def _link(address: str) -> str:
    return "" if address.startswith("https://") else _("an address that begins with https://")


DIALECT = Dialect(link=_link)


def as_html(text: str) -> SafeString:
    """A post for a page, escaped. Bare addresses become links; headings are refused, as the page has its own."""
    try:
        blocks = read_blocks(_BARE.sub(r"[\1](\1)", text), DIALECT)
    except DocumentError:
        return _as_typed(text)
    return blocks_as_html(blocks) if not _has_heading(blocks) else _as_typed(text)


def _has_heading(blocks: tuple[Block, ...]) -> bool:
    return any(isinstance(block, Heading) for block in blocks)


def _as_typed(text: str) -> SafeString:
    return mark_safe(urlize(linebreaks(text, autoescape=True), nofollow=True))  # noqa: S308 (escaped by both)


def folded(text: str) -> str:
    """As it is compared: without accents, case and doubled spaces."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(bare.casefold().split())
