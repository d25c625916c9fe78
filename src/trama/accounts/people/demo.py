"""Accounts for trying the system on one's own machine. Never made where people already have accounts.

Later phases give them something to look at (``demonstration_team``): everything of it is invented and says so.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, TextIO

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.site import is_demonstration

from ..roles.calendar import mandate_end
from ..roles.models import Organisation, Profile
from ..roles.services import open_profile
from ..roles.vocabulary import Role, Tool
from .models import User

FILE_NAME = "demonstration-accounts.txt"
PREFERRED_NETWORK = 2611606 * 10 + 3  # the municipal network of Recife, where it is loaded
MANDATE_YEARS = 4
WORKED_DAYS = 450  # for so long the people of the demonstration have been at work, or since the mandate began
CYCLE_DAYS = 100  # what was invented of the present cycle lies within so many days before the first start
CYCLE_SHARE = 0.8  # of the time since they began, where that is short
OPEN_STATUS = 1  # of a school that works, in the School Census
EMAILS = {
    "administrator": "administracao@trama.local",
    "programme": "equipe.programa@trama.local",
    "director": "dirigente@trama.local",
    "technician": "tecnica@trama.local",
    "state": "estado@trama.local",
    "head": "escola@trama.local",
    "coordinator": "coordenacao@trama.local",
    # Colleagues, so that a team has more than two people. Nobody signs in as one of them: they have no password.
    "finance": "financas@trama.local",
    "operations": "operacoes@trama.local",
    "pedagogue": "pedagogica@trama.local",
    "principal": "direcao@trama.local",
    "teacher": "docente@trama.local",
    "school_teacher": "docente.escola@trama.local",
}
COLLEAGUES = {
    "finance": "Neusa Prado",
    "operations": "Davi Torres",
    "pedagogue": "Rosa Meireles",
    "principal": "Lúcia Barros",
    "teacher": "Iara Lemos",
    "school_teacher": "Caio Reis",
}


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """One account just made. The password is shown once and kept only in the file of the installation."""

    email: str
    password: str
    role: str
    scope: str


def is_embedded() -> bool:
    """Whether this installation is one person's machine: only there are accounts invented."""
    return bool(getattr(settings, "TRAMA_EMBEDDED", False))


def the_programme() -> Organisation:
    """The programme of this installation, made when it is first needed."""
    programme, _created = Organisation.objects.get_or_create(
        slug="programa", defaults={"kind": Organisation.Kind.PROGRAMME, "name": _("Programme")}
    )
    return programme


def _networks() -> tuple[Any, Any, Any]:
    """A municipal network, the network of its state and a school, or None where no territory is loaded.

    The school is one of the network, or of another municipal one where the files at hand have none of its schools.
    """
    model = apps.get_model("know", "TeachingNetwork")
    municipal = model.objects.filter(dependency="municipal").select_related("place")
    network = municipal.filter(pk=PREFERRED_NETWORK).first() or municipal.order_by("pk").first()
    if network is None:
        return None, None, None
    state = model.objects.filter(dependency="estadual", place=network.place.state_code).select_related("place").first()
    schools = apps.get_model("know", "School").objects.filter(network__dependency="municipal")
    schools = schools.exclude(status__gt=OPEN_STATUS).select_related("place", "municipality").order_by("pk")
    return network, state, schools.filter(network=network).first() or schools.first()


def began_at(now: datetime) -> datetime:
    """Since when the people of the demonstration are at work: a good year, but never before the mandate began."""
    mandate = mandate_end(now.date())
    first_day = mandate.replace(year=mandate.year - MANDATE_YEARS)
    return max(now - timedelta(days=WORKED_DAYS), datetime.combine(first_day, time(12), UTC))


def _wanted(network: Any, state: Any, school: Any) -> list[tuple[str, str, str, Any]]:
    """Key, name, role and scope of the accounts with a password; those without a scope are not made."""
    return [
        ("administrator", _("Programme administrator"), Role.PROGRAMME_ADMIN, the_programme()),
        ("programme", _("Programme team"), Role.PROGRAMME_TEAM, the_programme()),
        ("director", _("Director of education"), Role.NETWORK_PRINCIPAL, network),
        ("technician", _("Technician of the secretariat"), Role.NETWORK_TEAM, network),
        ("state", _("State secretariat"), Role.STATE_PRINCIPAL, state),
        ("head", _("Principal of a school"), Role.SCHOOL_PRINCIPAL, school),
        ("coordinator", _("Pedagogical coordinator of a school"), Role.PEDAGOGICAL_COORDINATOR, school),
    ]


def _invented(name: str) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return _("%(name)s (invented)") % {"name": name}


def create_demonstration_accounts() -> list[DemonstrationAccount]:
    """Make one account per kind of role, with random passwords, and write them to ``VAR_DIR`` (readable to its owner).

    Only in the embedded settings and only while no account exists: otherwise nothing is done and the list is empty.
    People of a network are made only once a territory is loaded, so call this after the data. Colleagues of theirs
    have no password and are not in the list.
    """
    if not is_embedded() or User.objects.exists():
        return []
    network, state, school = _networks()
    with translation.override(settings.LANGUAGE_CODE):  # names are kept: not in the language of the terminal
        wanted = _wanted(network, state, school)
    colleagues = [(key, Role.NETWORK_TEAM, network) for key in COLLEAGUES if key != "school_teacher"]
    colleagues.append(("school_teacher", Role.TEACHER, school))
    now = timezone.now()
    with transaction.atomic():
        made = [_make(*one, at=began_at(now)) for one in wanted if one[3] is not None]
        for key, role, scope in colleagues:
            if scope is not None:
                _person(key, _invented(COLLEAGUES[key]), None, role, scope, began_at(now))
        record_event("demonstration accounts made", by=None, at=now, detail={"accounts": len(made)})
        _write(Path(settings.VAR_DIR) / FILE_NAME, made)
    return made


def show_demonstration_accounts(stream: TextIO) -> None:
    """What the first start of an installation does: make the accounts, and say how to sign in with them."""
    made = create_demonstration_accounts()
    if not made:
        return
    stream.write(_("Accounts for trying the system on this machine (also in %(file)s):") % {"file": FILE_NAME} + "\n")
    for one in made:
        stream.write(f"  {one.email}  {one.password}  {one.role}: {one.scope}\n")


@dataclass(frozen=True, slots=True)
class DemonstrationTeam:
    """Who acts in what later phases invent at the first start, where, and when. People by the keys of ``EMAILS``."""

    people: Mapping[str, User]
    network: Any
    state: Any  # network of the state, or None
    school: Any  # or None
    began: datetime
    now: datetime

    def ago(self, days: float) -> datetime:
        """So many days before the first start; closer together, in the same order, in the first year of a mandate."""
        there = self.now - self.began
        cycle = min(timedelta(days=CYCLE_DAYS), CYCLE_SHARE * there)
        if days <= CYCLE_DAYS:
            return self.now - cycle * (days / CYCLE_DAYS)
        return self.now - cycle - (there - cycle) * ((days - CYCLE_DAYS) / (WORKED_DAYS - CYCLE_DAYS))


def demonstration_team(now: datetime) -> DemonstrationTeam | None:
    """The people for trying the system with their network, or None where there are none: on servers, without data."""
    if not is_embedded():
        return None
    keys = {email: key for key, email in EMAILS.items()}
    people = {keys[user.email]: user for user in User.objects.filter(email__in=keys)}
    scopes = {
        keys[profile.user.email]: profile.scope
        for profile in Profile.objects.filter(user__in=people.values(), revoked_at__isnull=True).select_related(
            "user", "network__place", "school__place", "school__municipality", "school__network__place", "organisation"
        )
        if profile.is_active_at(now)
    }
    if "director" not in scopes:
        return None
    at_work = {key: user for key, user in people.items() if key in scopes}
    return DemonstrationTeam(
        at_work, scopes["director"], scopes.get("state"), scopes.get("head"), began_at(now), now
    )  # fmt: skip


def demonstration_banner(request: HttpRequest | None, user: Any) -> str:
    """On every personal page of an account for trying: what was made for it is invented. A panel of the foundation.

    Where everything on the site is invented, the banner of every page says so already.
    """
    if not is_embedded() or getattr(user, "email", "") not in EMAILS.values() or is_demonstration():
        return ""
    return render_to_string("accounts/_demonstration.html")


def _make(key: str, name: str, role: str, scope: Any, at: datetime) -> DemonstrationAccount:
    password = secrets.token_urlsafe(12)
    profile = _person(key, name, password, role, scope, at)
    return DemonstrationAccount(EMAILS[key], password, str(profile.get_role_display()), str(scope))


def _person(key: str, name: str, password: str | None, role: str, scope: Any, at: datetime) -> Profile:
    user = User.objects.create_user(EMAILS[key], password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    grants = {}
    if role == Role.NETWORK_TEAM and key not in ("principal", "teacher"):
        grants = {Tool.TEAM.value: "view", Tool.CALLS.value: "view"}
        grants |= {Tool.DIAGNOSIS.value: "edit", Tool.PLAN.value: "edit"}
    return open_profile(user, role, scope, by=None, at=at, grants=grants)


def _write(path: Path, made: list[DemonstrationAccount]) -> None:
    lines = [f"{one.email}\t{one.password}\t{one.role}\t{one.scope}\n" for one in made]
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(lines)
