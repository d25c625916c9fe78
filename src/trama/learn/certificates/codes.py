"""Verification codes: 16 letters and digits that nobody guesses and everybody can read aloud, and their QR code."""

import re
import secrets

import qrcode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U
LENGTH = 16  # 80 random bits
_READ = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """ "7K3M-9QPD-04TX-WB2R": 80 bits from the system's generator."""
    letters = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, LENGTH, 4))


def read_code(typed: str) -> str:
    """The code that a person typed, as it is kept; "" for what can be none. Case, spaces and O for 0 do not matter."""
    plain = re.sub(r"[\s\-]", "", typed.upper()).translate(_READ)
    if len(plain) != LENGTH or any(letter not in ALPHABET for letter in plain):
        return ""
    return "-".join(plain[at : at + 4] for at in range(0, LENGTH, 4))


def qr_svg(address: str) -> str:
    """A QR code of an address as SVG, black on white with its quiet zone of four modules (ISO/IEC 18004)."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(address)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    )
