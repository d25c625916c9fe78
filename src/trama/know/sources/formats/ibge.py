"""IBGE's localities, as its API answers: regions, states, municipalities.

``microrregiao`` is null for the newest municipalities: there the state comes from ``regiao-imediata``. The compact
shape that mirrors of the API publish (``uf``, ``reg``, ``centroide``) is read too. Row numbers count
the objects of the list.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from ...vocabulary import PlaceKind
from .base import Chunk, Description, Member, PlaceRow
from .jsonfile import degrees, loaded, read_json, whole_code
from .problems import problem, refuse
from .territory import vintage_of
from .values import REGIONS, STATE_CODES, STATES, folded

LATITUDES = (-34.0, 6.0)
LONGITUDES = (-75.0, -28.0)
NAME_CHARS = 160
CHUNK_ROWS = 1_000


class Localities:
    """Reader of ``/api/v1/localidades/municipios``, ``/estados`` and ``/regioes``."""

    source = "ibge-localities"
    publisher = "IBGE"

    compact = False

    def recognises(self, members: list[Member]) -> bool:
        found = [loaded(member) for member in members]
        return bool(found) and all(_kind_of_file(items) and _is_compact(items) is self.compact for items in found)

    def describe(self, members: list[Member]) -> Description:
        kinds: list[str] = []
        codes: list[int] = []
        for member in members:
            items = read_json(member)
            kinds.append(_kind_of_file(items) or "")
            codes += [whole_code(item.get("id")) or 0 for item in items if isinstance(item, dict)]
        names = {
            PlaceKind.REGION: _("regions"),
            PlaceKind.STATE: _("states"),
            PlaceKind.MUNICIPALITY: _("municipalities"),
        }
        said = ", ".join(str(names[PlaceKind(kind)]) for kind in dict.fromkeys(kinds) if kind)
        return Description(_("IBGE localities: %(levels)s") % {"levels": said}, vintage_of(codes), len(codes))

    def read(self, members: list[Member]) -> Iterator[Chunk]:
        for member in members:
            items = read_json(member)
            kind = _kind_of_file(items)
            if kind is None:
                refuse(member.name, "", _("a list of regions, states or municipalities as IBGE's API answers"))
            known: set[int] = set()
            for start in range(0, len(items), CHUNK_ROWS):
                chunk = Chunk(member=member.name)
                for number, item in enumerate(items[start : start + CHUNK_ROWS], start=start + 1):
                    chunk.rows_read += 1
                    _read_item(chunk, kind, number, item, known)
                yield chunk


class CompactLocalities(Localities):
    """Reader of the compact shape of mirrors of the API. Its points are computed centres, not seats."""

    source = "ibge-localities-compact"
    compact = True


def _is_compact(items: Any) -> bool:
    return any(isinstance(item, dict) and isinstance(item.get("uf"), str) for item in items[:20])


def _kind_of_file(items: Any) -> str | None:
    """Level of place of a list, from its first objects."""
    if not isinstance(items, list):
        return None
    for item in items[:20]:
        if not isinstance(item, dict) or "id" not in item or "nome" not in item:
            continue
        if "microrregiao" in item or "regiao-imediata" in item:
            return str(PlaceKind.MUNICIPALITY)
        if "sigla" in item:
            return str(PlaceKind.STATE if "regiao" in item else PlaceKind.REGION)
    return None


def _read_item(chunk: Chunk, kind: str, number: int, item: Any, known: set[int]) -> None:
    if not isinstance(item, dict):
        chunk.problems.append(problem(chunk.member, number, "", item, _("an object with “id” and “nome”")))
        return
    name = item.get("nome")
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_CHARS or not name.isprintable():
        expected = _("a name of at most %(count)d characters") % {"count": NAME_CHARS}
        chunk.problems.append(problem(chunk.member, number, "nome", name, expected))
        return
    code = whole_code(item.get("id"))
    if kind == PlaceKind.MUNICIPALITY:
        _municipality(chunk, number, item, code, name.strip(), known)
    elif kind == PlaceKind.STATE:
        _state(chunk, number, item, code, known, "id")
    else:
        _region(chunk, number, item, code, known, "id")


def _region(chunk: Chunk, number: int, item: dict[str, Any], code: int | None, known: set[int], column: str) -> bool:
    if code is None or not 1 <= code <= 5:
        chunk.problems.append(problem(chunk.member, number, column, item.get("id"), _("a region: 1 to 5")))
        return False
    if code not in known:
        known.add(code)
        chunk.places.append(_place(code, PlaceKind.REGION, item, 0, number))
    return True


def _state(chunk: Chunk, number: int, item: dict[str, Any], code: int | None, known: set[int], column: str) -> bool:
    if code is None or code not in STATE_CODES:
        chunk.problems.append(problem(chunk.member, number, column, item.get("id"), _("an IBGE state code")))
        return False
    region = item.get("regiao")
    if isinstance(region, dict):
        found = whole_code(region.get("id"))
        if found != code // 10:
            expected = _("region %(code)d, the first digit of the state") % {"code": code // 10}
            chunk.problems.append(problem(chunk.member, number, "regiao.id", region.get("id"), expected))
            return False
        if code not in known and isinstance(region.get("nome"), str):
            _region(chunk, number, region, found, known, "regiao.id")
    if code not in known:
        known.add(code)
        chunk.places.append(_place(code, PlaceKind.STATE, item, code // 10, number))
    return True


def _municipality(
    chunk: Chunk, number: int, item: dict[str, Any], code: int | None, name: str, known: set[int]
) -> None:
    if code is None or not 1_100_000 <= code <= 5_399_999 or code // 100_000 not in STATE_CODES:
        expected = _("an IBGE municipality code: 7 digits, the first two of a state")
        chunk.problems.append(problem(chunk.member, number, "id", item.get("id"), expected))
        return
    state = _state_of(item)
    if state is not None:
        found = whole_code(state.get("id"))
        if found != code // 100_000:
            expected = _("state %(code)d, the first two digits of the municipality") % {"code": code // 100_000}
            chunk.problems.append(problem(chunk.member, number, "UF.id", state.get("id"), expected))
            return
        if isinstance(state.get("nome"), str) and not _state(chunk, number, state, found, known, "UF.id"):
            return
    latitude = longitude = None
    centre = item.get("centroide")
    if isinstance(centre, dict):
        latitude = degrees(centre.get("latitude"), *LATITUDES)
        longitude = degrees(centre.get("longitude"), *LONGITUDES)
        if latitude is None or longitude is None:
            chunk.problems.append(problem(chunk.member, number, "centroide", centre, _("a point inside Brazil")))
            return
    parent = code // 100_000
    chunk.places.append(
        PlaceRow(code, PlaceKind.MUNICIPALITY, name, "", parent, latitude, longitude, None, None, number)
    )


def _state_of(item: dict[str, Any]) -> dict[str, Any] | None:
    """The state that the object names: by microregion, else by immediate region, else by acronym."""
    for path in (("microrregiao", "mesorregiao", "UF"), ("regiao-imediata", "regiao-intermediaria", "UF")):
        step: Any = item
        for key in path:
            step = step.get(key) if isinstance(step, dict) else None
        if isinstance(step, dict):
            return step
    acronym = item.get("uf")
    if isinstance(acronym, str):
        region = REGIONS.get(folded(str(item.get("regiao"))))
        state: dict[str, Any] = {"id": STATES.get(acronym, acronym), "sigla": acronym, "nome": item.get("estado")}
        if region is not None:
            state["regiao"] = {"id": region, "sigla": item.get("reg"), "nome": item.get("regiao")}
        return state
    return None


def _place(code: int, kind: str, item: dict[str, Any], parent: int, number: int) -> PlaceRow:
    acronym = item.get("sigla")
    acronym = acronym[:4] if isinstance(acronym, str) else ""
    return PlaceRow(code, kind, str(item["nome"]).strip()[:NAME_CHARS], acronym, parent, None, None, None, None, number)
