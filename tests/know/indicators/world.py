"""A small invented world for the panorama: one state, three municipalities, two releases."""

import datetime

from trama.know.models import Indicator, Observation, Place, Release, TeachingNetwork

DIGITS = {"federal": 1, "estadual": 2, "municipal": 3, "privada": 4}
NOON = datetime.datetime(2026, 11, 22, 15, tzinfo=datetime.UTC)


def territory() -> None:
    """Brazil, North, Rondônia and three of its municipalities, each with a municipal and a state network."""
    brazil = place(0, "country", "Brasil", None)
    north = place(1, "region", "Norte", brazil, acronym="N")
    rondonia = place(11, "state", "Rondônia", north, acronym="RO", state_code=11, region_code=1)
    for code, name in ((1100015, "Alta Floresta D'Oeste"), (1100023, "Ariquemes"), (1100031, "Cabixi")):
        town = place(
            code, "municipality", name, rondonia, state_code=11, region_code=1, latitude=-10.0, longitude=-62.5
        )
        for dependency in ("estadual", "municipal"):
            network(town, dependency)


def place(code: int, kind: str, name: str, parent: Place | None, **fields: object) -> Place:
    return Place.objects.create(code=code, kind=kind, name=name, search_name=name.lower(), parent=parent, **fields)


def network(town: Place, dependency: str) -> TeachingNetwork:
    return TeachingNetwork.objects.create(
        id=town.code * 10 + DIGITS[dependency],
        place=town,
        dependency=dependency,
        name=f"Rede {dependency} de {town.name}",
        search_name=f"rede {dependency} de {town.name}".lower(),
    )


def indicator(
    code: str, unit: str = "index_0_10", decimals: int = 1, family: str = "ideb", **fields: object
) -> Indicator:
    texts = {
        "name_pt": f"{code} pt",
        "name_en": f"{code} en",
        "definition_pt": f"Define {code}.",
        "definition_en": f"Defines {code}.",
    }
    values = {"unit": unit, "decimals": decimals, "family": family, **texts, **fields}
    return Indicator.objects.update_or_create(code=code, defaults=values)[0]


def release(source: str, vintage: str, state: str = "published", **fields: object) -> Release:
    return Release.objects.create(
        source=source,
        title=f"{source} {vintage}",
        publisher="MEC/Inep",
        vintage=vintage,
        file_name=f"{source}.xlsx",
        file_sha256=f"{source}-{vintage}-{Release.objects.count()}",
        file_bytes=1,
        state=state,
        created_at=NOON,
        published_at=NOON if state == "published" else None,
        **fields,
    )


def observe(
    from_release: Release,
    code: str,
    place_code: int,
    year: int,
    value: float | None,
    dependency: str = "municipal",
    stage: str = "AI",
    grade: int = 0,
    status: str | None = None,
    location: str = "",
) -> Observation:
    if status is None:
        status = "n" if value is None else "v"
    return Observation.objects.create(
        release=from_release,
        indicator_id=code,
        place_id=place_code,
        year=year,
        value=value,
        dependency=dependency,
        stage=stage,
        grade=grade,
        location=location,
        status=status,
    )
