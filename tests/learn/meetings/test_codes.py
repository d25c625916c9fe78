"""The code of presence, by its definition."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from trama.learn.meetings.codes import WINDOW_SECONDS, code_of, is_valid, window_of

SECRET = "ab" * 32
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
START = datetime.fromtimestamp(40_000_000 * WINDOW_SECONDS, UTC)  # the first second of a window


def test_a_code_is_the_first_forty_bits_of_the_signature_in_base_32():
    digest = hmac.new(SECRET.encode(), b"40000000", hashlib.sha256).digest()
    number = int.from_bytes(digest[:5])
    by_hand = "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    assert code_of(SECRET, window_of(START)) == by_hand


def test_a_code_counts_for_its_window_and_two_more():
    code = code_of(SECRET, window_of(START))
    seconds = {s: is_valid(SECRET, code, START + timedelta(seconds=s)) for s in (-1, 0, 44, 45, 134, 135)}
    assert seconds == {-1: False, 0: True, 44: True, 45: True, 134: True, 135: False}


def test_hands_may_write_it_as_they_like_and_other_secrets_do_not_open():
    code = code_of(SECRET, window_of(START))
    assert is_valid(SECRET, f" {code[:4].lower()}-{code[4:].lower()} ", START)
    assert is_valid(SECRET, code.replace("O", "0").replace("I", "1").replace("B", "8"), START)
    assert not is_valid("cd" * 32, code, START)
    assert not is_valid(SECRET, "", START)
    assert not is_valid(SECRET, "ÁÉÍ" + code, START)
