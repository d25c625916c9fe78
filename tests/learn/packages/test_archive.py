"""Archives: hostile ones are refused with where and why, in both languages; well-formed ones are accepted."""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from tests.learn.packages import making
from tests.learn.packages.nasty import GOOD, NASTY
from trama.learn.cmi5 import structure
from trama.learn.models import PackageFile
from trama.learn.packages import archive as room
from trama.learn.packages.apart import records
from trama.learn.packages.archive import Finding
from trama.learn.packages.errors import PackageRefused
from trama.learn.packages.manifests import READERS
from trama.learn.packages.reading import read_package
from trama.learn.packages.wording import EXPECTED, FOUND, NOTES, note, refusal


def read(content: bytes, folder: Path) -> dict:
    path = folder / "pacote.zip"
    path.write_bytes(content)
    (record,) = records(path)
    return record


def test_the_corpus_is_large_enough():
    assert len(NASTY) >= 60


@pytest.mark.parametrize("name", NASTY)
def test_a_hostile_archive_is_refused_with_where_and_why(name, tmp_path):
    code, make = NASTY[name]
    record = read(make(), tmp_path)
    assert record.get("refused", {}).get("code") == code, record
    finding = Finding(**record["refused"])
    told = {}
    for language in ("pt-br", "en"):
        with translation.override(language):
            told[language] = refusal(finding)
    assert told["pt-br"] != told["en"]
    assert "esperado" in told["pt-br"]
    assert "expected" in told["en"]
    assert all(character.isprintable() or character == "\u00a0" for character in told["pt-br"])


def test_too_many_bytes_are_refused_before_reading(tmp_path, monkeypatch):
    assert read(GOOD + b"\x00" * room.FILE_BYTES, tmp_path)["refused"]["code"] == "archive_large"
    monkeypatch.setattr(room, "UNPACKED_BYTES", 2_000)
    assert read(making.zipped(making.scorm_12(**{"a.txt": "abc" * 600})), tmp_path)["refused"]["code"] == "unpacked"


@pytest.mark.parametrize(
    ("members", "kind", "count"),
    [
        (making.scorm_12(), "scorm12", 1),
        (making.two_items(), "scorm12", 2),
        (making.scorm_12(**{"pasta/": "", "ação/ícone ção.png": b"\x89PNG", "LEIAME": "x"}), "scorm12", 1),
        (making.scorm_2004(), "scorm2004", 1),
        (making.scorm_2004(**{"imsmanifest.xml": making.manifest_2004(edition="CAM 1.3")}), "scorm2004", 1),
        (making.scorm_2004(**{"imsmanifest.xml": making.manifest_2004(edition="2004 3rd Edition")}), "scorm2004", 1),
        (making.h5p(), "h5p", 1),
        (making.cartridge(), "cartridge", 0),
    ],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_package_that_is_in_order_is_accepted(members, kind, count, method, tmp_path):
    record = read(making.zipped(members, method=method), tmp_path)
    assert "found" in record, record
    assert record["found"]["kind"] == kind
    assert sum(bool(item["href"]) for item in record["found"]["manifest"]["items"]) == count


def test_an_archive_with_descriptors_and_a_comment_is_accepted(tmp_path):
    """As programs write it that stream: sizes come after the content."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.parts = []

        def writable(self):
            return True

        def write(self, content):
            self.parts.append(bytes(content))
            return len(content)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        for name, told in making.scorm_12().items():
            made.writestr(name, told)
        made.comment = b"feito por um programa"
    assert read(b"".join(pipe.parts), tmp_path)["found"]["kind"] == "scorm12"


def test_every_code_has_its_words():
    """Codes in the source and words for them: none without the other."""
    folder = Path(room.__file__).parent
    text = "".join(path.read_text() for path in folder.rglob("*.py"))
    of_cmi5 = Path(structure.__file__).read_text()
    given = set(re.findall(r'BadStructure\("(\w+)"', of_cmi5)) | {"cmi5_moveOn", "cmi5_launchMethod"}
    refused = given | set(re.findall(r'\bRefused\(\s*"(\w+)"', text)) | {"slow", "archive_large"}
    noted = set(re.findall(r'Finding\("(\w+)"', text)) | {"topic_left_out", "tool_left_out", "assignment_left_out"}
    assert refused - set(EXPECTED) == set()
    assert set(EXPECTED) - refused == set()
    assert noted - set(EXPECTED) - set(NOTES) == set()
    assert set(FOUND) <= set(EXPECTED)
    assert all(note(Finding(code, "a", "b")) for code in NOTES)


def test_every_kind_that_is_read_is_a_kind_that_is_kept():
    assert {reader.kind for reader in READERS} <= set(PackageFile.Kind.values)
    assert PackageFile.Kind.CMI5 in PackageFile.Kind


# --- in a process apart -------------------------------------------------------------------------------------------


def test_a_package_is_read_in_a_process_of_its_own(tmp_path):
    path = tmp_path / "pacote.zip"
    path.write_bytes(GOOD)
    found = read_package(path, "pacote.zip")
    assert (found.kind, found.title, found.members) == ("scorm12", "Rede em ação", 3)
    path.write_bytes(NASTY["bomb"][1]())
    with pytest.raises(PackageRefused) as refused:
        read_package(path, "pacote.zip")
    assert refused.value.finding.code == "ratio"


def test_the_process_apart_loads_no_site():
    """It has no Django to be taken over: settings that do not exist do not disturb it."""
    code = "import sys, trama.learn.packages.apart; print(sorted(m for m in sys.modules if m.startswith('django')))"
    environment = {"PYTHONPATH": str(Path(settings.BASE_DIR) / "src"), "DJANGO_SETTINGS_MODULE": "nowhere"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.replace("'", '"')) == []


# --- whatever comes -----------------------------------------------------------------------------------------------

ANYTHING = profile(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ANYTHING
@given(st.binary(max_size=2_000))
def test_any_bytes_are_refused_in_words(tmp_path, content):
    record = read(content, tmp_path)
    assert refusal(Finding(**record["refused"]))


@ANYTHING
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_a_package_with_other_bytes_somewhere_is_read_or_refused(tmp_path, place, change):
    content = GOOD[:place] + change + GOOD[place + len(change) :]
    record = read(content, tmp_path)
    assert set(record) <= {"found", "refused"}
    if "refused" in record:
        assert refusal(Finding(**record["refused"]))


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@ANYTHING
@given(st.lists(NAMES, max_size=5, unique=True))
def test_any_names_of_members_are_read_or_refused(tmp_path, names):
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as made:
        for name in names:
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            made.writestr(entry, "x")
    record = read(out.getvalue(), tmp_path)
    if "refused" in record:
        assert refusal(Finding(**record["refused"]))
        return
    for name in names:
        parts = name.rstrip("/").split("/")
        assert ".." not in parts
        assert not name.startswith("/")
        assert "\\" not in name


PIECES = [
    "<item identifier='a' identifierref='r1'>",
    "</item>",
    "<title>A</title>",
    "<adlcp:masteryscore>",
    "x",
    "9",
    "</adlcp:masteryscore>",
    "<x:y/>",
    "&amp;",
    "]] >".replace(" ", ""),
    "<!--",
    "-->",
    "<item/>",
    "\x00",
    "é",
    "<imsss:sequencing/>",
]


@ANYTHING
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.sampled_from([making.manifest_12, making.manifest_2004]),
)
def test_any_manifest_is_read_or_refused(tmp_path, inner, manifest):
    record = read(making.zipped(making.scorm_12(**{"imsmanifest.xml": manifest(inner or "<item/>")})), tmp_path)
    assert set(record) <= {"found", "refused"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@ANYTHING
@given(
    st.dictionaries(st.sampled_from(["mainLibrary", "title", "language", "preloadedDependencies"]), VALUES),
    st.dictionaries(st.sampled_from(["preloadedJs", "preloadedCss", "preloadedDependencies"]), VALUES),
)
def test_any_h5p_is_read_or_refused(tmp_path, head, library):
    members = making.h5p(**{"h5p.json": json.dumps(head), "H5P.Trama-1.0/library.json": json.dumps(library)})
    record = read(making.zipped(members), tmp_path)
    assert set(record) <= {"found", "refused"}
