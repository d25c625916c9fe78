"""A certificate on paper: tagged PDF (PDF/UA-1), one A4 page, set by Typst."""

import json
from pathlib import Path

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from .codes import qr_svg
from .models import Certificate

TEMPLATE = Path(__file__).parent / "certificate.typ"


def certificate_pdf(certificate: Certificate, *, link: str) -> bytes:
    """The certificate in the language of the moment. ``link``: the page that verifies it, also as QR code."""
    one = certificate
    language = (get_language() or "pt-br").split("-")
    hours = ngettext("%(n)d hour", "%(n)d hours", one.hours) % {"n": one.hours}
    sentence = (
        _("completed the course") if one.kind == Certificate.Kind.COMPLETE else _("took part in meetings of the course")
    )
    days = _("%(start)s to %(end)s") % {
        "start": date_format(one.started_on, "SHORT_DATE_FORMAT"),
        "end": date_format(one.ended_on, "SHORT_DATE_FORMAT"),
    }
    rows = [[_("Hours"), hours], [_("Period"), days], [_("Cohort"), one.cohort]]
    if one.pair:
        rows.append([_("Pair or team"), one.pair])
    data = {
        "lang": language[0],
        "region": (language[1] if len(language) > 1 else "us").upper(),
        "site": settings.SITE_NAME,
        "title": _("Certificate %(code)s") % {"code": one.code},
        "heading": _("Certificate of completion") if one.kind == "complete" else _("Certificate of participation"),
        "certifies": _("We certify that"),
        "name": one.name,
        "sentence": sentence,
        "course": one.course,
        "rows": rows,
        "issued": _("Issued on %(day)s.") % {"day": date_format(timezone.localdate(one.issued_at), "DATE_FORMAT")},
        "verify": _("Verify this certificate at the address below, or with the code:"),
        "code": one.code,
        "link": link,
        "alt": _("QR code of the address that verifies this certificate"),
        "qr": qr_svg(link),
    }
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    return made
