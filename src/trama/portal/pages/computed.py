"""Numbers that the site counts itself, from its own records: each with its definition and when it was counted.

What has no record is left out, never shown as zero.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trama.diagnose import api as diagnose
from trama.learn import api as learn
from trama.plan import api as plan
from trama.programme import api as programme

NETWORK_INSTRUMENT = "rede"


@dataclass(frozen=True, slots=True)
class Number:
    """A counted number. ``address``: the page (without language) where what was counted can be seen one by one."""

    value: int
    label: str
    definition: str
    address: str
    counted_at: datetime


type Count = Callable[[datetime], Iterator[Number]]


def _technologies(at: datetime) -> Iterator[Number]:
    versions: list[Any] = plan.technologies_in_catalogue()
    if versions:
        yield Number(
            len(versions),
            _("technologies in the catalogue"),
            _("Educational technologies of which anyone can read a version that is published or in pilot."),
            "/tecnologias/",
            at,
        )
        yield Number(
            sum(version.instrument_count for version in versions),
            _("instruments to download"),
            _("Agendas, forms, rubrics and spreadsheets of the versions that the catalogue shows, each counted once."),
            "/tecnologias/",
            at,
        )


def _courses(at: datetime) -> Iterator[Number]:
    versions: list[Any] = list(learn.published_versions())
    if versions:
        yield Number(
            len(versions),
            _("free courses"),
            _("Courses that anyone can read now, in the version that is in force."),
            "/cursos/",
            at,
        )
        yield Number(
            sum(version.hours for version in versions),
            _("hours of training"),
            _("The workload of these courses, as their certificates state it."),
            "/cursos/",
            at,
        )


def _criteria(at: datetime) -> Iterator[Number]:
    version = diagnose.current_version(NETWORK_INSTRUMENT)
    if version is not None:
        yield Number(
            version.criteria.count(),
            _("criteria in the self-diagnosis of a network"),
            _("Criteria of the version of the instrument for teaching networks that is in force."),
            f"/autodiagnostico/instrumentos/{NETWORK_INSTRUMENT}/",
            at,
        )


def _calls(at: datetime) -> Iterator[Number]:
    calls = programme.public_calls()
    if calls:
        yield Number(
            len(calls),
            _("editions of the call"),
            _("Calls that were published, past editions included, each with its rule of eligibility."),
            "/editais/",
            at,
        )


_SETS: dict[str, tuple[str | Promise, tuple[Count, ...]]] = {
    "open": (gettext_lazy("What is open to every network"), (_technologies, _criteria, _calls)),
    "technologies": (gettext_lazy("Technologies and instruments"), (_technologies,)),
    "courses": (gettext_lazy("Courses"), (_courses,)),
}


def choices() -> list[tuple[str, str | Promise]]:
    return [(name, title) for name, (title, _counts) in _SETS.items()]


def numbers(name: str) -> list[Number]:
    """The numbers of a set, counted now. An unknown set is empty. Some ten queries."""
    at = timezone.now()
    _title, counts = _SETS.get(name, ("", ()))
    return [number for count in counts for number in count(at)]
