"""Captions: what is read, and that each mistake says its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama.learn.media.captions import MOST_MISTAKES, read_captions

from .making import CAPTIONS

HEAD = "WEBVTT\n\n"
GOOD = "00:01.000 --> 00:02.000\nSim.\n"


def mistakes(text: str) -> tuple[str, ...]:
    return read_captions(text.encode()).mistakes


@pytest.mark.parametrize(
    "text",
    [
        CAPTIONS,
        "\ufeffWEBVTT - aula 1\r\nKind: captions\r\nLanguage: pt\r\n\r\n00:01.000 --> 00:02.000 line:0\r\nOlá\r\n",
        HEAD
        + "NOTE de quem escreveu\ncom duas linhas\n\nSTYLE\n::cue { color: red }\n\n"
        + "100:00:01.000 --> 100:00:02.500\nSim.\n",
    ],
)
def test_captions_in_order_are_read(text: str):
    found = read_captions(text.encode())
    assert found.mistakes == ()
    assert found.cues


def test_the_end_of_the_last_caption_is_known():
    assert read_captions(CAPTIONS.encode()).ends == 8.0
    assert read_captions(CAPTIONS.encode()).cues == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nSRT\n", "linha 1"),
        (HEAD + "1\n00:00:01,000 --> 00:00:02,000\nSRT com vírgulas\n", "linha 4"),
        (HEAD + "00:02.000 --> 00:01.000\nAntes.\n", "linha 3"),
        (HEAD + GOOD + "\n00:00.500 --> 00:03.000\nVolta.\n", "linha 6"),
        (HEAD + "00:01.000 --> 00:02.000\n\n", "linha 3"),
        (HEAD + "Só palavras.\n", "linha 3"),
        (HEAD + GOOD + "00:03.000 --> 00:04.000\nSem linha vazia.\n", "linha 4"),
        (HEAD + "00:01.000 --> 00:02.000\n" + "a" * 401 + "\n", "linha 4"),
        (HEAD + "00:61.000 --> 00:62.000\nSegundos demais.\n", "linha 3"),
        (HEAD, "linha"),
        ("", "linha 1"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA\x00B\n", "linha 4"),
    ],
)
def test_a_mistake_says_its_line(text: str, said: str):
    assert mistakes(text)[0].startswith(said), mistakes(text)


def test_what_is_no_utf8_says_its_line():
    assert read_captions(HEAD.encode() + GOOD.encode() + "\nAção".encode("latin-1")).mistakes[0].startswith("linha 6")


def test_every_mistake_is_told_up_to_ten():
    text = HEAD + "\n".join("00:02.000 --> 00:01.000\nAntes.\n" for _one in range(30))
    assert len(mistakes(text)) == MOST_MISTAKES
    assert mistakes(text)[1].startswith("linha 6")


@given(
    st.binary(max_size=400)
    | st.text(alphabet="WEBVT\n->:.0159 ", max_size=300).map(lambda text: (HEAD + text).encode())
)
def test_whatever_is_sent_is_answered(content: bytes):
    found = read_captions(content)
    assert found.cues or found.mistakes
