"""Captions in WebVTT: read once, with every mistake under the number of its line.

Source: W3C, WebVTT: The Web Video Text Tracks Format (Candidate Recommendation 2019), sections 4 and 6.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_MISTAKES = 10  # told at once
LONGEST_CUE = 400  # characters: what a reader takes in while a sentence is said
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S.*)?")
_NO_CUES = ("NOTE", "STYLE", "REGION")


@dataclass(frozen=True, slots=True)
class Captions:
    """What was read: how many cues, when the last one ends (seconds), and what is wrong, each with its line."""

    cues: int
    ends: float
    mistakes: tuple[str, ...]


@dataclass(slots=True)
class _State:
    cues: int = 0
    ends: float = 0.0
    begins: float = 0.0

    def read(self, first: int, lines: list[str]) -> str:
        """One block of lines, of which ``first`` is the number of the first; gives its mistake, or ""."""
        at = next((place for place, line in enumerate(lines) if "-->" in line), None)
        if at is None:
            if lines[0].split(" ")[0] in _NO_CUES:
                return ""
            return _said(first, lines[0], _("the times of a caption, such as 00:00:01.000 --> 00:00:04.000"))
        if at > 1:
            return _said(first + at - 1, lines[at - 1], _("an empty line before each caption"))
        found = _TIMING.fullmatch(lines[at].strip())
        if found is None:
            return _said(first + at, lines[at], _("times such as 00:00:01.000 --> 00:00:04.000"))
        begins, ends = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
        if ends <= begins:
            return _said(first + at, lines[at], _("an end after the beginning"))
        if begins < self.begins:
            return _said(first + at, lines[at], _("a beginning not before that of the caption above"))
        self.cues, self.begins, self.ends = self.cues + 1, begins, max(self.ends, ends)
        return _text(first + at, lines[at + 1 :])


def _text(line: int, words: list[str]) -> str:
    said = " ".join(words).strip()
    if not said:
        return _said(line, "", _("words below the times"))
    if any("-->" in one for one in words):
        return _said(line + 1, words[0], _("an empty line before each caption"))
    if len(said) > LONGEST_CUE:
        return _said(line + 1, said, _("at most %d characters in one caption") % LONGEST_CUE)
    return ""


def read_captions(content: bytes) -> Captions:
    """Read a file of captions. Never raises: what is wrong is in ``mistakes``, at most ten of them, in order."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return Captions(0, 0.0, (_said(line, "", _("text in UTF-8")),))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        return Captions(0, 0.0, (_said(1, lines[0], _("WEBVTT, which begins every file of this kind")),))
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        return Captions(0, 0.0, (_said(line, _("a control character"), _("text")),))
    state, mistakes = _State(), []
    for first, block in _blocks(lines):
        if mistake := state.read(first, block):
            mistakes.append(mistake)
    if not state.cues and not mistakes:
        mistakes.append(_said(len(lines), "", _("at least one caption")))
    return Captions(state.cues, state.ends, tuple(mistakes[:MOST_MISTAKES]))


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Runs of lines that are not empty, after the head of the file, each with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    held: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            held.append(line)
        elif held:
            found.append((number - len(held), held))
            held = []
    return found[1:]


def _seconds(groups: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(one or 0) for one in groups)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000


def _said(line: int, found: str, expected: str) -> str:
    return _("line %(line)d: found “%(found)s”, expected %(expected)s") % {
        "line": line,
        "found": found.strip()[:60] or _("nothing"),
        "expected": expected,
    }
