"""A request as the store understands it: version, parameters, body; JSON; the alternate syntax.

Source: xAPI 1.0.3, Communication 1 and 3.3; IEEE 9274.1.1, 4.1, which drops the alternate syntax. Nothing here reads
the database.
"""

import json
import math
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from .errors import Malformed, NotAuthenticated, TooLarge

KIB = 1024
MAX_STATEMENT = 1024 * KIB  # octets of one statement
MAX_JSON = 4096 * KIB  # of a batch
MAX_MULTIPART = 20 * 1024 * KIB  # of a batch with its attachments
MAX_DOCUMENT = 1024 * KIB
MAX_PARTS = 200
VERSION_1, VERSION_2 = "1.0.3", "2.0.0"
_VERSION = re.compile(r"(1\.0|2\.0)(?:\.\d+)?").fullmatch
_HEADERS = {  # what the alternate syntax sends in the form instead of the head
    "Authorization": "HTTP_AUTHORIZATION",
    "X-Experience-API-Version": "HTTP_X_EXPERIENCE_API_VERSION",
    "Content-Type": "CONTENT_TYPE",
    "Content-Length": "CONTENT_LENGTH",
    "If-Match": "HTTP_IF_MATCH",
    "If-None-Match": "HTTP_IF_NONE_MATCH",
    "Accept": "HTTP_ACCEPT",
    "Accept-Language": "HTTP_ACCEPT_LANGUAGE",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``version``: the one that it speaks, "" where it says none."""

    method: str
    version: str
    parameters: dict[str, str]
    meta: Mapping[str, Any]
    body: bytes

    @property
    def second(self) -> bool:
        return self.version.startswith("2")

    @property
    def content_type(self) -> str:
        return str(self.meta.get("CONTENT_TYPE") or "")

    def only(self, *names: str) -> dict[str, str]:
        """The parameters. Raises ``Malformed`` if one is none of these, in this very case."""
        for name in self.parameters:
            if name not in names:
                raise Malformed(name, "this parameter is not known here")
        return self.parameters

    def credentials(self) -> tuple[str, str]:
        """Key and secret. Raises ``NotAuthenticated``."""
        kind, _, value = str(self.meta.get("HTTP_AUTHORIZATION") or "").partition(" ")
        if kind.lower() == "basic":
            try:
                value = b64decode(value.strip(), validate=True).decode()
            except ValueError:
                raise NotAuthenticated from None
        elif kind.lower() != "bearer":
            raise NotAuthenticated
        key, found, secret = value.strip().partition(":")
        if not found or "\x00" in key:
            raise NotAuthenticated
        return key, secret


def read_call(request: HttpRequest, *, limit: int) -> Call:
    """The request, the alternate syntax of 1.0.3 undone. Raises ``Malformed`` and ``TooLarge``."""
    parameters = _single(request.GET.lists())
    meta: Mapping[str, Any] = request.META
    method, body = str(request.method), _body(request, limit)
    if method == "POST" and "method" in parameters:
        method, parameters, meta, body = _alternate(parameters, meta, body)
    version = str(meta.get("HTTP_X_EXPERIENCE_API_VERSION") or "")
    found = _VERSION(version)
    if version and found is None:
        raise Malformed("X-Experience-API-Version", "1.0.x or 2.0.x is expected")
    spoken = "" if found is None else VERSION_1 if found.group(1) == "1.0" else VERSION_2
    if any("\x00" in value for value in parameters.values()):
        raise Malformed("", "a parameter holds a NUL")
    return Call(method, spoken, parameters, meta, body)


def _single(lists: Any) -> dict[str, str]:
    found = {}
    for name, values in lists:
        if len(values) > 1:
            raise Malformed(name, "this parameter is given twice")
        found[name] = values[0]
    return found


def _body(request: HttpRequest, limit: int) -> bytes:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return b""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > limit:
        raise TooLarge(limit)
    try:
        body = request.read(limit + 1)
    except UnreadablePostError:
        raise Malformed("", "the request was cut off") from None
    if len(body) > limit:
        raise TooLarge(limit)
    return body


def _alternate(
    parameters: dict[str, str], meta: Mapping[str, Any], body: bytes
) -> tuple[str, dict[str, str], Mapping[str, Any], bytes]:
    """Method in the address, all else in a form (Communication 1.3)."""
    if len(parameters) > 1:
        raise Malformed("", "beside method nothing may stand in the address")
    if str(meta.get("HTTP_X_EXPERIENCE_API_VERSION") or "").startswith("2"):
        raise Malformed("method", "version 2.0 has no alternate request syntax")
    if body and not str(meta.get("CONTENT_TYPE") or "").startswith("application/x-www-form-urlencoded"):
        raise Malformed("Content-Type", "application/x-www-form-urlencoded is expected")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_PARTS, strict_parsing=bool(body))
    except ValueError:
        raise Malformed("", "the form cannot be read") from None
    form = _single((name, [value for other, value in pairs if other == name]) for name in dict(pairs))
    head = {known: form.pop(name) for name, known in _HEADERS.items() if name in form}
    content = form.pop("content", "").encode()
    method = parameters["method"]
    if str(head.get("HTTP_X_EXPERIENCE_API_VERSION", "")).startswith("2"):
        raise Malformed("method", "version 2.0 has no alternate request syntax")
    if method in ("PUT", "POST") and not content:
        raise Malformed("content", "the form needs it")
    given = {name: value for name, value in meta.items() if name not in ("CONTENT_TYPE", "CONTENT_LENGTH")}
    return method, form, {**given, "CONTENT_TYPE": "application/json", **head}, content


# --- JSON -------------------------------------------------------------------------------------------------------------


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a property is given twice")
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_once, parse_float=_finite, parse_constant=_no_number)


def read_json(raw: bytes | str, where: str = "") -> Any:
    """JSON in UTF-8, each property once, numbers finite. Raises ``Malformed``."""
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
        found = _decoder.decode(text)
        if "\\u" in text:
            written(found).encode()  # half a pair of UTF-16 is no text
    except (ValueError, RecursionError) as error:
        said = "" if isinstance(error, UnicodeError | RecursionError) else f" ({error})"
        raise Malformed(where, f"this is no JSON that can be read{said}") from None
    return found


def written(value: Any) -> str:
    """JSON as it is kept. Raises ``Malformed`` for what is nested too deeply."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise Malformed("", "this is nested too deeply") from None
