"""Receipts and blank forms as tagged PDF (PDF/UA-1), set by Typst."""

import hashlib
import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.cache import cache
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from trama.foundation.fields import zone_name

from .blank import BlankForm
from .models import Receipt

HERE = Path(__file__).parent
KEPT_SECONDS = 7 * 24 * 3600


def _compile(template: Path, data: dict[str, Any]) -> bytes:
    language = (get_language() or "pt-br").split("-")
    whole = {
        "lang": language[0],
        "region": (language[1] if len(language) > 1 else "us").upper(),
        "site": settings.SITE_NAME,
        **data,
    }
    compiler = typst.Compiler(
        template.read_bytes(), ignore_system_fonts=True, sys_inputs={"data": json.dumps(whole, ensure_ascii=False)}
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    return made


def receipt_pdf(receipt: Receipt, *, link: str) -> bytes:
    """A receipt on one A4 page."""
    of = receipt.round
    at = receipt.submitted_at.astimezone(of.zone)
    part = receipt.member is not None
    rows = [
        [_("Number"), receipt.number],
        [_("Institution"), str(of.scope)],
        [_("Round"), of.title],
        [
            _("Questionnaire"),
            _("%(title)s (version %(version)s)") % {"title": of.version.title, "version": of.version.version},
        ],
        [_("Submitted by"), str(receipt.submitted_by)],
        [_("When"), f"{date_format(at, 'DATETIME_FORMAT')} ({zone_name(of.time_zone)})"],
        [_("Criteria without an answer") if part else _("Criteria without agreement"), str(receipt.n_open)],
        ["SHA-256", " ".join(receipt.content_hash[n : n + 8] for n in range(0, 64, 8))],
    ]
    return _compile(
        HERE / "receipt.typ",
        {
            "title": _("Receipt %(number)s") % {"number": receipt.number},
            "heading": _("Receipt of a part of a self-diagnosis") if part else _("Receipt of a self-diagnosis"),
            "rows": rows,
            "explained": _(
                "The hash is computed from the exact text of what was submitted. Download that text at the address "
                "below and compute its SHA-256 again: if both are equal, nothing was changed."
            ),
            "link": link,
        },
    )


def blank_pdf(form: BlankForm) -> bytes:
    """A blank form on A4 pages. About a second of computing for 45 criteria, so it is kept for a week."""
    data = _form_data(form)
    known = hashlib.sha256(
        json.dumps([get_language(), (HERE / "form.typ").stat().st_mtime_ns, data], sort_keys=True).encode()
    )
    key = f"diagnose.blank.{known.hexdigest()}"
    made: bytes | None = cache.get(key)
    if made is None:
        made = _compile(HERE / "form.typ", data)
        cache.set(key, made, KEPT_SECONDS)
    return made


def page_count(pdf: bytes) -> int:
    """How many pages a PDF of ours has: Typst writes its page objects in plain sight."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def _form_data(form: BlankForm) -> dict[str, Any]:
    return {
        **asdict(form),
        "count": ngettext("One question.", "%(n)s questions.", form.n) % {"n": form.n},
        "pages": _("This form has # pages."),
        "words": {
            "institution": _("Institution"),
            "person": _("Answered by"),
            "date": _("Date"),
            "level": _("Level"),
            "mark": _("Mark one"),
            "unknown": _("I do not know"),
            "not_applicable": _("It does not apply here"),
            "comment": _("Comment and where the evidence is"),
            "who": _("Usually answered by"),
            "meanings": _("What the levels mean in general"),
            "how": _("How to answer"),
            "footer": _("Questions with ★ belong to the short version."),
        },
    }
