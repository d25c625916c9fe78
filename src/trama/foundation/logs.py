"""Log lines without personal data."""

import logging
import re

_MASKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\b\d{3}\.?\d{3}\.?\d{3}-?\d{2}\b"), "[cpf]"),
    (re.compile(r"(?<=/)(?![0-9a-f]{8}-[0-9a-f]{4}-)(?=[^/\s]*\d)[\w:.-]{20,}(?=/)"), "[token]"),
)


class MaskingFormatter(logging.Formatter):
    """Masks e-mail addresses, CPF numbers and the tokens of addresses, in messages and tracebacks alike."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for pattern, mask in _MASKS:
            line = pattern.sub(mask, line)
        return line
