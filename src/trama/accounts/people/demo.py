"""Accounts for trying the system on one's own machine. Never made where people already have accounts."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event

from ..roles.models import Organisation, Profile
from ..roles.services import open_profile
from ..roles.vocabulary import Role, Tool
from .models import User

FILE_NAME = "demonstration-accounts.txt"
PREFERRED_NETWORK = 2611606 * 10 + 3  # the municipal network of Recife, where it is loaded


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


def _networks() -> tuple[Any, Any]:
    """A municipal network and the network of its state, or None where no territory is loaded."""
    model = apps.get_model("know", "TeachingNetwork")
    municipal = model.objects.filter(dependency="municipal").select_related("place")
    network = municipal.filter(pk=PREFERRED_NETWORK).first() or municipal.order_by("pk").first()
    if network is None:
        return None, None
    state = model.objects.filter(dependency="estadual", place=network.place.state_code).select_related("place").first()
    return network, state


def create_demonstration_accounts() -> list[DemonstrationAccount]:
    """Make one account per kind of role, with random passwords, and write them to ``VAR_DIR`` (readable to its owner).

    Only in the embedded settings and only while no account exists: otherwise nothing is done and the list is empty.
    People of a network are made only once a territory is loaded, so call this after the data.
    """
    if not is_embedded() or User.objects.exists():
        return []
    network, state = _networks()
    wanted: list[tuple[str, str, str, Any]] = [
        ("administracao@trama.local", _("Programme administrator"), Role.PROGRAMME_ADMIN, the_programme()),
        ("equipe.programa@trama.local", _("Programme team"), Role.PROGRAMME_TEAM, the_programme()),
        ("dirigente@trama.local", _("Director of education"), Role.NETWORK_PRINCIPAL, network),
        ("tecnica@trama.local", _("Technician of the secretariat"), Role.NETWORK_TEAM, network),
        ("estado@trama.local", _("State secretariat"), Role.STATE_PRINCIPAL, state),
    ]
    with transaction.atomic():
        made = [_make(*one) for one in wanted if one[3] is not None]
        record_event("demonstration accounts made", by=None, at=timezone.now(), detail={"accounts": len(made)})
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


def _make(email: str, name: str, role: str, scope: Any) -> DemonstrationAccount:
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    grants = {Tool.TEAM.value: "view", Tool.CALLS.value: "view"} if role == Role.NETWORK_TEAM else {}
    profile: Profile = open_profile(user, role, scope, by=None, at=timezone.now(), grants=grants)
    return DemonstrationAccount(email, password, str(profile.get_role_display()), str(scope))


def _write(path: Path, made: list[DemonstrationAccount]) -> None:
    lines = [f"{one.email}\t{one.password}\t{one.role}\t{one.scope}\n" for one in made]
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(lines)
