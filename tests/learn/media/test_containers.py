"""MP4 and WebM: what is read from their head, and that anything else is nothing."""

import io

from hypothesis import given
from hypothesis import strategies as st

from trama.learn.media.containers import Container, read_container

from . import making


def read(content: bytes) -> Container:
    return read_container(io.BytesIO(content), len(content))


def test_an_mp4_says_how_long_it_lasts_and_how_it_is_compressed():
    assert read(making.mp4(95)) == Container("mp4", 95.0, frozenset({"avc1"}))
    assert read(making.mp4(95, codec=b"hvc1")).codecs == {"hvc1"}
    assert read(making.mp4(0)).seconds is None


def test_a_webm_says_how_long_it_lasts():
    assert read(making.webm(12.5)) == Container("webm", 12.5, frozenset({"V_VP9"}))
    assert read(making.webm(document=b"matroska")).kind == ""


def test_a_box_longer_than_the_file_and_half_a_file_are_no_video():
    whole = making.mp4()
    assert read(whole[:40]).kind == ""
    assert read(b"\x00\x00\x00\x08ftyp" + b"\xff" * 40).kind == ""
    assert read(making.webm()[:20]).kind == ""
    assert read(b"%PDF-1.7").kind == ""


@given(st.binary(max_size=300), st.integers(0, 200), st.booleans())
def test_a_damaged_head_is_never_an_error(noise: bytes, at: int, of_mp4: bool):
    whole = making.mp4(body=250) if of_mp4 else making.webm()
    assert read(whole[:at] + noise + whole[at + len(noise) :]).kind in ("mp4", "webm", "")
