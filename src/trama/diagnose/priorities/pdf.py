"""The page that explains the priorities as a tagged PDF (PDF/UA-1), set by Typst on one A4 page."""

import json
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import get_language

TEMPLATE = Path(__file__).with_name("explained.typ")


def explained_pdf(data: dict[str, Any]) -> bytes:
    """``data`` as ``explained.document`` gives it. About a third of a second of computing."""
    language = (get_language() or "pt-br").split("-")
    whole = {
        "lang": language[0],
        "region": (language[1] if len(language) > 1 else "us").upper(),
        "site": settings.SITE_NAME,
        **data,
    }
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs={"data": json.dumps(whole, ensure_ascii=False)}
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    return made
