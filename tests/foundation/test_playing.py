"""Sounds and videos go out whole or in the range that was asked for."""

import pytest
from django.core.files.base import ContentFile
from django.test import RequestFactory

from trama.foundation.files import as_played, playing

CONTENT = bytes(range(256)) * 4


class Kept(ContentFile):
    def open(self, mode: str = "rb"):
        self.seek(0)
        return self


def answer(**headers: str):
    request = RequestFactory().get("/", headers=headers)
    return as_played(request, Kept(CONTENT), "video/mp4", tag="abc", public=True)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_without_a_range_the_whole_file_goes_out():
    found = answer()
    assert found.status_code == 200
    assert found["Accept-Ranges"] == "bytes"
    assert found["Content-Length"] == "1024"
    assert body(found) == CONTENT


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=1000-", 1000, 1023), ("bytes=-24", 1000, 1023), ("bytes=1020-5000", 1020, 1023),
     ("bytes=-5000", 0, 1023)],
)  # fmt: skip
def test_one_range_goes_out_alone(asked: str, first: int, last: int):
    found = answer(range=asked)
    assert found.status_code == 206
    assert found["Content-Range"] == f"bytes {first}-{last}/1024"
    assert body(found) == CONTENT[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=9999-10000", "bytes=-0"])
def test_a_range_outside_the_file_is_refused_with_its_size(asked: str):
    found = answer(range=asked)
    assert found.status_code == 416
    assert found["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "lines=0-9", "bytes=-", "bytes=9-1", "bytes=" + "9" * 40 + "-"])
def test_another_form_of_range_gets_the_whole_file(asked: str):
    assert answer(range=asked).status_code == 200


def test_a_range_of_other_content_gets_the_whole_file():
    assert answer(range="bytes=0-9", if_range='"old"').status_code == 200
    assert answer(range="bytes=0-9", if_range='"abc"').status_code == 206


def test_an_open_range_is_answered_in_parts_so_that_no_worker_is_held(monkeypatch):
    monkeypatch.setattr(playing, "MOST_AT_ONCE", 100)
    found = answer(range="bytes=10-")
    assert found["Content-Range"] == "bytes 10-109/1024"
    assert body(found) == CONTENT[10:110]
