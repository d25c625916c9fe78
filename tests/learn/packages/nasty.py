"""Hostile archives, each with the code that it is refused with. Made by hand where no library would write them."""

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable

from .making import NAMES_12, cmi5, h5p, manifest_12, manifest_2004, scorm_12, structure, unit, zipped

GOOD = zipped(scorm_12())


def with_member(name: str, content: bytes = b"x", **info: int) -> bytes:
    """A good package and one member more; ``info``: fields of its entry."""
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        entry.compress_type = zipfile.ZIP_DEFLATED
        for field, value in info.items():
            setattr(entry, field, value)
        archive.writestr(entry, content)
    return out.getvalue()


def renamed(old: bytes, new: bytes, members: dict[str, str | bytes] | None = None) -> bytes:
    """A package in whose bytes a name is another of the same length."""
    assert len(old) == len(new)
    return zipped(members or scorm_12(**{old.decode(): "x"})).replace(old, new)


def flagged(bit: int) -> bytes:
    """Every member says that it has a flag."""
    content = bytearray(GOOD)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            flags = struct.unpack_from("<H", content, at + place)[0]
            struct.pack_into("<H", content, at + place, flags | bit)
            at = content.find(signature, at + 4)
    return bytes(content)


def entry(field: int, size: str, value: int, content: bytes = GOOD) -> bytes:
    """The first entry of the list of members says something else."""
    told = bytearray(content)
    struct.pack_into(size, told, told.find(b"PK\x01\x02") + field, value)
    return bytes(told)


def ending(field: int, size: str, value: int) -> bytes:
    told = bytearray(GOOD)
    struct.pack_into(size, told, told.rfind(b"PK\x05\x06") + field, value)
    return bytes(told)


def overlapping() -> bytes:
    """Two entries of the list that point to one and the same content."""
    told = bytearray(zipped({"imsmanifest.xml": manifest_12(), "a.html": "x" * 50, "b.html": "x" * 50}))
    entries = []
    at = told.find(b"PK\x01\x02")
    while at >= 0:
        entries.append(at)
        at = told.find(b"PK\x01\x02", at + 4)
    offset = struct.unpack_from("<L", told, entries[1] + 42)[0]
    struct.pack_into("<L", told, entries[2] + 42, offset)
    return bytes(told)


def manifest(text: str | bytes) -> bytes:
    return zipped(scorm_12(**{"imsmanifest.xml": text}))


def item(inner: str, **more: str) -> bytes:
    return manifest(manifest_12(inner, **more))


BILLION = (
    '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><manifest>&c;</manifest>'
)
ENTITY = '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><manifest>&x;</manifest>'
REMOTE = '<?xml version="1.0"?><!DOCTYPE m SYSTEM "http://localhost:1/x.dtd"><manifest/>'
RESOURCE = '<resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="{}"/>'
ONE = '<item identifier="i1" identifierref="r1"><title>A</title></item>'
JAR = zipped({"a.class": "x"})

NASTY: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("empty", lambda: b""),
    "text": ("no_archive", lambda: b"this is no archive at all"),
    "html": ("no_archive", lambda: b"<!doctype html><html></html>"),
    "pdf": ("no_archive", lambda: b"%PDF-1.7 ..."),
    "rar": ("no_archive", lambda: b"Rar!\x1a\x07\x01\x00" + b"0" * 50),
    "seven": ("no_archive", lambda: b"7z\xbc\xaf\x27\x1c" + b"0" * 50),
    "gzip": ("no_archive", lambda: b"\x1f\x8b\x08" + b"0" * 50),
    "empty archive": ("no_archive", lambda: zipped({})),
    "program before": ("no_archive", lambda: b"MZ" + b"\x00" * 100 + GOOD),
    "first half": ("broken", lambda: GOOD[: len(GOOD) // 2]),
    "last byte gone": ("broken", lambda: GOOD[:-1]),
    "only the head": ("broken", lambda: GOOD[:30]),
    "bytes after": ("broken", lambda: GOOD + b"\x00" * 10),
    "two archives": ("pieces", lambda: GOOD + GOOD),
    "list elsewhere": ("pieces", lambda: ending(16, "<L", 4)),
    "several disks": ("pieces", lambda: ending(4, "<H", 1)),
    "zip64": ("zip64", lambda: ending(10, "<H", 0xFFFF)),
    "claims many": ("members", lambda: ending(10, "<H", 3_000)),
    "has many": ("members", lambda: zipped({f"f{n}.txt": "" for n in range(2_001)})),
    "crc wrong": ("broken", lambda: entry(16, "<L", 1)),
    "size wrong": ("broken", lambda: entry(24, "<L", 5)),
    "larger than said": ("broken", lambda: entry(24, "<L", 5, zipped(scorm_12(), method=zipfile.ZIP_STORED))),
    "password": ("encrypted", lambda: flagged(1)),
    "strong password": ("encrypted", lambda: flagged(0x41)),
    "masked headers": ("encrypted", lambda: flagged(0x2000)),
    "bzip2": ("method", lambda: zipped(scorm_12(), method=zipfile.ZIP_BZIP2)),
    "lzma": ("method", lambda: zipped(scorm_12(), method=zipfile.ZIP_LZMA)),
    "unknown method": ("method", lambda: entry(10, "<H", 99)),
    "bomb": ("ratio", lambda: with_member("a.txt", b"\x00" * 30_000_000)),
    "large bomb": ("ratio", lambda: with_member("a.txt", b"\x00" * 210_000_000)),
    "overlap": ("overlap", overlapping),
    "symlink": ("link", lambda: with_member("a.html", b"/etc/passwd", external_attr=0o120777 << 16)),
    "device": ("link", lambda: with_member("a.html", external_attr=0o020666 << 16)),
    "pipe": ("link", lambda: with_member("a.html", external_attr=0o010666 << 16)),
    "parent": ("path", lambda: with_member("../a.html")),
    "parent inside": ("path", lambda: with_member("a/../../b.html")),
    "absolute": ("path", lambda: with_member("/etc/a.html")),
    "drive": ("path", lambda: with_member("C:/a.html")),
    "stream": ("path", lambda: with_member("a.html:hidden.html")),
    "backslash": ("path", lambda: with_member("..\\a.html")),
    "dot": ("path", lambda: with_member("./a.html")),
    "double slash": ("path", lambda: with_member("a//b.html")),
    "null in the name": ("control", lambda: renamed(b"a_b.html", b"a\x00b.html")),
    "line in the name": ("control", lambda: with_member("a\nb.html")),
    "escape in the name": ("control", lambda: with_member("a\x1b[31m.html")),
    "right to left": ("control", lambda: with_member("a\u202elmth.js")),
    "no-break space": ("control", lambda: with_member("a\u00a0b.html")),
    "long name": ("long_name", lambda: with_member("a" * 250 + ".html")),
    "deep": ("long_name", lambda: with_member("/".join("abcdefghijklmnopqrstuvwxyz") + ".html")),
    "space at the end": ("odd_name", lambda: with_member("a /b.html")),
    "dot at the end": ("odd_name", lambda: with_member("a./b.html")),
    "device of windows": ("odd_name", lambda: with_member("aux.html")),
    "same name": ("twice", lambda: renamed(b"b.html", b"a.html", scorm_12(**{"a.html": "1", "b.html": "2"}))),
    "same but for case": ("twice", lambda: zipped(scorm_12(**{"A.html": "1", "a.html": "2"}))),
    "same but for composing": ("twice", lambda: zipped(scorm_12(**{"\u00e9.html": "1", "e\u0301.html": "2"}))),
    "file and folder": ("twice", lambda: zipped(scorm_12(**{"a": "1", "a/b.html": "2"}))),
    "folder with content": ("folder", lambda: with_member("dir/", b"content")),
    "program": ("extension", lambda: with_member("setup.exe", b"MZ\x90")),
    "script of a server": ("extension", lambda: with_member("a.php", b"<?php")),
    "java": ("extension", lambda: with_member("a.jar", JAR)),
    "document": ("extension", lambda: with_member("a.docx", JAR)),
    "archive": ("extension", lambda: with_member("a.zip", GOOD)),
    "two endings": ("extension", lambda: with_member("a.html.exe")),
    "archive in disguise": ("nested", lambda: with_member("a.html", GOOD)),
    "gzip in disguise": ("nested", lambda: with_member("a.js", b"\x1f\x8b\x08xxxx")),
    "program in disguise": ("program", lambda: with_member("a.png", b"MZ\x90\x00")),
    "linux program": ("program", lambda: with_member("a.bin", b"\x7fELF")),
    "no manifest": ("unknown_kind", lambda: zipped({"index.html": "x"})),
    "in a folder": ("in_a_folder", lambda: zipped({f"curso/{name}": told for name, told in scorm_12().items()})),
    "manifest is no xml": ("xml", lambda: manifest("this is no xml")),
    "manifest is empty": ("xml", lambda: manifest("")),
    "manifest is half": ("xml", lambda: manifest(manifest_12()[:200])),
    "unknown encoding": ("xml", lambda: manifest('<?xml version="1.0" encoding="klingon"?><manifest/>')),
    "entities": ("xml_entities", lambda: manifest(BILLION)),
    "file by entity": ("xml_entities", lambda: manifest(ENTITY)),
    "type from elsewhere": ("xml_entities", lambda: manifest(REMOTE)),
    "entities in utf-16": (
        "xml_entities",
        lambda: manifest(BILLION.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16")),
    ),
    "deep xml": ("xml_large", lambda: manifest("<a>" * 50 + "</a>" * 50)),
    "wide xml": ("xml_large", lambda: manifest("<m>" + "<a/>" * 41_000 + "</m>")),
    "large xml": ("file_large", lambda: manifest(f"<m>{hashlib.shake_256(b'x').hexdigest(1_200_000)}</m>")),
    "nothing to open": ("no_items", lambda: item("<item identifier='i'><title>A</title></item>", resources=" ")),
    "other resource": ("no_resource", lambda: item(ONE.replace("r1", "r9"))),
    "resource without page": (
        "no_href",
        lambda: item(ONE, resources='<resource identifier="r1" adlcp:scormtype="sco"/>'),
    ),
    "page that is missing": ("href", lambda: item(ONE, resources=RESOURCE.format("nada.html"))),
    "page elsewhere": ("href_outside", lambda: item(ONE, resources=RESOURCE.format("https://exemplo.org/"))),
    "page by script": ("href_outside", lambda: item(ONE, resources=RESOURCE.format("javascript:alert(1)"))),
    "page without scheme": ("href_outside", lambda: item(ONE, resources=RESOURCE.format("//exemplo.org/a.html"))),
    "page above": ("href_outside", lambda: item(ONE, resources=RESOURCE.format("../../a.html"))),
    "page above, hidden": ("href_outside", lambda: item(ONE, resources=RESOURCE.format("%2e%2e/a.html"))),
    "same item": ("same_item", lambda: item(ONE + ONE)),
    "many items": ("many_items", lambda: item("".join(ONE.replace("i1", f"i{n}") for n in range(201)))),
    "2004 without page": ("no_resource", lambda: manifest(manifest_2004('<item identifier="i" identifierref="x"/>'))),
    "cmi5 is no xml": ("xml", lambda: zipped(cmi5(**{"cmi5.xml": "<courseStructure"}))),
    "cmi5 with entities": ("xml_entities", lambda: zipped(cmi5(**{"cmi5.xml": BILLION}))),
    "cmi5 is large": ("file_large", lambda: zipped(cmi5(**{"cmi5.xml": hashlib.shake_256(b"x").hexdigest(1_200_000)}))),
    "cmi5 is wide": ("xml_large", lambda: zipped(cmi5(**{"cmi5.xml": "<m>" + "<a/>" * 41_000 + "</m>"}))),
    "cmi5 of another kind": ("cmi5_root", lambda: zipped(cmi5(**{"cmi5.xml": "<manifest/>"}))),
    "cmi5 in a folder": ("in_a_folder", lambda: zipped({f"curso/{name}": told for name, told in cmi5().items()})),
    "unit that is missing": ("href", lambda: zipped(cmi5(unit("A", "nada.html")))),
    "unit above": ("href_outside", lambda: zipped(cmi5(unit("A", "../../a.html")))),
    "unit above, hidden": ("href_outside", lambda: zipped(cmi5(unit("A", "%2e%2e/a.html")))),
    "unit by script": ("cmi5_url", lambda: zipped(cmi5(unit("A", "javascript:alert(1)")))),
    "unit without encryption": ("cmi5_url", lambda: zipped(cmi5(unit("A", "http://exemplo.org/a.html")))),
    "many units": ("many_items", lambda: zipped(cmi5(*(unit(f"A {n}") for n in range(201))))),
    "structure alone with a file": ("href", lambda: zipped({"cmi5.xml": structure()})),
    "h5p without content": (
        "h5p_content",
        lambda: zipped({k: v for k, v in h5p().items() if not k.startswith("content/")}),
    ),
    "h5p is no json": ("json", lambda: zipped(h5p(**{"h5p.json": "{"}))),
    "h5p is a list": ("json", lambda: zipped(h5p(**{"h5p.json": "[]"}))),
    "h5p deep json": ("json", lambda: zipped(h5p(**{"content/content.json": "[" * 100_000}))),
    "h5p without main": ("h5p_main", lambda: zipped(h5p(**{"h5p.json": "{}"}))),
    "h5p without library": (
        "h5p_libraries",
        lambda: zipped({k: v for k, v in h5p().items() if not k.startswith("H5P")}),
    ),
    "h5p without a script": (
        "h5p_libraries",
        lambda: zipped({k: v for k, v in h5p().items() if not k.endswith(".js")}),
    ),
}
assert NAMES_12
