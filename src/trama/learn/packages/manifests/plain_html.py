"""The text of an HTML page in the small Markdown of our lessons: headings, paragraphs, lists, emphasis, links."""

import re
from html.parser import HTMLParser

BLOCKS = frozenset({
    "p", "div", "section", "article", "header", "footer", "blockquote", "pre", "figure", "figcaption", "dl",
    "dt", "dd", "table", "tr", "address", "main", "aside", "center", "form", "fieldset",
})  # fmt: skip
SILENT = frozenset({"script", "style", "head", "template", "noscript", "svg", "math", "select", "textarea"})
LEFT_OUT = frozenset({"img", "video", "audio", "iframe", "object", "embed", "form", "canvas", "table", "svg", "math"})
HEADINGS = {"h1": "##", "h2": "##", "h3": "###", "h4": "###", "h5": "###", "h6": "###"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")
_START = re.compile(r"^(\s*)([-+:]|\d+[.)])", re.MULTILINE)
LONGEST = 60_000  # characters of one page


class _Writer(HTMLParser):
    """Collects blocks of text; what has no place in a lesson is counted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.left_out: dict[str, int] = {}
        self._line: list[str] = []
        self._prefix = ""
        self._lists: list[list[int | None]] = []
        self._silent = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LEFT_OUT:
            self.left_out[tag] = self.left_out.get(tag, 0) + 1
        if tag in SILENT:
            self._silent += 1
        elif tag in HEADINGS:
            self._flush()
            self._prefix = HEADINGS[tag] + " "
        elif tag in ("ul", "ol"):
            self._flush()
            self._lists.append([1 if tag == "ol" else None])
        elif tag == "li":
            self._flush()
            self._prefix = self._bullet()
        elif tag in BLOCKS or tag in ("hr", "br"):
            self._flush(keep=bool(self._lists))
        elif tag in ("b", "strong", "i", "em"):
            self._line.append("\x01" if tag in ("b", "strong") else "\x02")
        elif tag == "a":
            self._link = next((value or "" for name, value in attrs if name == "href"), "")
            self._link = self._link if self._link.startswith("https://") and " " not in self._link else ""
            self._line.append("\x03" if self._link else "")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag in ("ul", "ol"):
            self._flush()
            if self._lists:
                self._lists.pop()
        elif tag in HEADINGS or tag == "li" or tag in BLOCKS:
            self._flush()
        elif tag in ("b", "strong", "i", "em"):
            self._line.append("\x01" if tag in ("b", "strong") else "\x02")
        elif tag == "a" and self._link:
            self._line.append(f"\x04{self._link}\x05")
            self._link = ""

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line.append(re.sub("[\x01-\x05]", "", data))

    def close(self) -> None:
        super().close()
        self._flush()

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1][0] is None:
            return "- "
        number = self._lists[-1][0] or 1
        self._lists[-1][0] = number + 1
        return f"{number}. "

    def _flush(self, *, keep: bool = False) -> None:
        """End the block that is being written. ``keep``: the text goes on in the same point of a list."""
        text = " ".join("".join(self._line).split())
        if keep and not text:
            return
        self._line = []
        if text.strip("\x01\x02\x03 "):
            is_list = bool(self.blocks) and self._prefix[:1] in "-123456789" and bool(self._prefix)
            joined = is_list and self.blocks[-1][:1] in "-123456789"
            block = self._prefix + _marked(text, plain=self._prefix.startswith("#"))
            self.blocks[-1:] = [f"{self.blocks[-1]}\n{block}"] if joined else [*self.blocks[-1:], block]
        self._prefix = ""


def _marked(text: str, *, plain: bool) -> str:
    """Emphasis and links as Markdown; everything else escaped."""
    shown = _START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))
    if plain or shown.count("\x01") % 2 or shown.count("\x02") % 2:
        shown = shown.replace("\x01", "").replace("\x02", "")
    shown = re.sub("\x01\\s*\x01|\x02\\s*\x02", " ", shown)
    shown = re.sub("\x01\\s*(.+?)\\s*\x01", r"**\1**", shown)
    shown = re.sub("\x02\\s*(.+?)\\s*\x02", r"*\1*", shown)

    def link(found: re.Match[str]) -> str:
        address = re.sub(r"\\(.)", r"\1", found[2])
        return f"[{found[1].strip()}]({address})" if found[1].strip() and not plain and ")" not in address else found[1]

    shown = re.sub("\x03([^\x03\x04]*)\x04([^\x05]*)\x05", link, shown)
    return re.sub("[\x01-\x03]|\x04[^\x05]*\x05", "", shown)


def as_lesson(html: str) -> tuple[str, dict[str, int]]:
    """The text as Markdown, and how many of each thing were left out: pictures, tables, videos."""
    writer = _Writer()
    writer.feed(html[: 20 * LONGEST])
    writer.close()
    return "\n\n".join(writer.blocks)[:LONGEST], writer.left_out


def as_text(html: str) -> str:
    """The words alone, on one line: of the questions of a quiz."""
    text, _left_out = as_lesson(html)
    return " ".join(re.sub(r"\\(.)|\*\*?|^#+ |\]\([^)]*\)|\[", lambda found: found[1] or "", text).split())
