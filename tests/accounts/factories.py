"""People with roles, for tests of every phase.

``person_with(role)`` makes an account that holds the role now, in a scope of its own unless one is given, with a second
factor (so that roles which need one count) and a verified e-mail. Places and networks are invented, but their codes
have the shape of real ones: states 11-53, municipalities of 7 digits.
"""

from datetime import date
from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import models

from trama.accounts.models import Organisation, Profile, ToolGrant, User
from trama.accounts.roles.calendar import end_of_profile
from trama.accounts.roles.vocabulary import SCOPE_OF_ROLE, Role, Scope
from trama.know.models import GroupMembership, NetworkGroup, Place, School, TeachingNetwork
from trama.know.territory.names import search_form
from trama.know.vocabulary import Dependency, PlaceKind

PASSWORD = "azulejo-canoa-girassol-71"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_next = count(1)

STATE_ZONES = {12: "America/Rio_Branco", 13: "America/Manaus", 51: "America/Cuiaba"}


def a_state(code: int = 26) -> Place:
    """A state, with its region and the country."""
    country, _ = Place.objects.get_or_create(
        code=0, defaults={"kind": PlaceKind.COUNTRY, "name": "Brasil", "search_name": "brasil"}
    )
    region, _ = Place.objects.get_or_create(
        code=code // 10,
        defaults={"kind": PlaceKind.REGION, "name": f"Região {code // 10}", "search_name": "regiao", "parent": country},
    )
    state, _ = Place.objects.get_or_create(
        code=code,
        defaults={
            "kind": PlaceKind.STATE,
            "name": f"Estado {code}",
            "search_name": f"estado {code}",
            "acronym": "",
            "parent": region,
            "state_code": code,
            "region_code": code // 10,
            "time_zone": STATE_ZONES.get(code, "America/Sao_Paulo"),
        },
    )
    return state


def a_municipality(state: int = 26, *, name: str = "", time_zone: str = "") -> Place:
    """A new municipality of a state."""
    number = next(_next)
    holder = a_state(state)
    return Place.objects.create(
        code=state * 100_000 + number,
        kind=PlaceKind.MUNICIPALITY,
        name=name or f"Município {number}",
        search_name=search_form(name or f"Município {number}"),
        parent=holder,
        state_code=state,
        region_code=state // 10,
        time_zone=time_zone or holder.time_zone,
    )


def a_network(
    state: int = 26, *, place: Place | None = None, dependency: str = Dependency.MUNICIPAL
) -> TeachingNetwork:
    """The municipal network of a new municipality, or another network of a place."""
    digit = {Dependency.FEDERAL: 1, Dependency.STATE: 2, Dependency.MUNICIPAL: 3, Dependency.PRIVATE: 4}
    where = place or a_municipality(state)
    network, _ = TeachingNetwork.objects.get_or_create(
        id=where.code * 10 + digit[Dependency(dependency)],
        defaults={
            "place": where,
            "dependency": dependency,
            "name": f"Rede de {where.name}",
            "search_name": search_form(f"Rede de {where.name}"),
        },
    )
    return network


def a_state_network(state: int = 26) -> TeachingNetwork:
    return a_network(place=a_state(state), dependency=Dependency.STATE)


def a_school(network: TeachingNetwork | None = None) -> School:
    """A school of a municipal network."""
    held = network or a_network()
    number = next(_next)
    municipality = held.place
    code = (municipality.state_code or 26) * 1_000_000 + number
    place = Place.objects.create(
        code=code,
        kind=PlaceKind.SCHOOL,
        name=f"Escola {number}",
        search_name=f"escola {number}",
        parent=municipality,
        state_code=municipality.state_code,
        region_code=municipality.region_code,
    )
    return School.objects.create(place=place, network=held, municipality=municipality, dependency=held.dependency)


def a_group(*networks: TeachingNetwork) -> NetworkGroup:
    """A consortium of some networks, from the beginning."""
    number = next(_next)
    group = NetworkGroup.objects.create(
        slug=f"consorcio-{number}",
        kind=NetworkGroup.Kind.CONSORTIUM,
        name=f"Consórcio {number}",
        search_name="consorcio",
    )
    for network in networks:
        GroupMembership.objects.create(group=group, network=network)
    return group


def the_programme() -> Organisation:
    programme, _ = Organisation.objects.get_or_create(
        slug="programa", defaults={"kind": Organisation.Kind.PROGRAMME, "name": "Programa"}
    )
    return programme


def a_partner() -> Organisation:
    number = next(_next)
    return Organisation.objects.create(
        kind=Organisation.Kind.PARTNER, name=f"Parceiro {number}", slug=f"parceiro-{number}"
    )


def a_person(*, name: str = "", email: str = "", second_factor: bool = True, **fields: Any) -> User:
    """An account without any role, its e-mail verified. Its password is ``PASSWORD``."""
    number = next(_next)
    user = User.objects.create_user(
        email or f"pessoa{number}@exemplo.org", PASSWORD, name=name or f"Pessoa {number}", **fields
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if second_factor:
        give_second_factor(user)
    return user


def give_second_factor(user: User) -> Authenticator:
    """A code generator with a fixed secret (``TOTP_SECRET``)."""
    data = {"secret": get_adapter().encrypt(TOTP_SECRET)}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


def a_scope_for(role: str) -> models.Model:
    """A new scope of the kind that the role needs."""
    if role in (Role.STATE_PRINCIPAL, Role.STATE_TEAM):
        return a_state_network()
    if role in (Role.PROGRAMME_ADMIN, Role.PROGRAMME_TEAM):
        return the_programme()
    makers = {Scope.NETWORK: a_network, Scope.SCHOOL: a_school, Scope.GROUP: a_group, Scope.ORGANISATION: a_partner}
    return makers[Scope(SCOPE_OF_ROLE[role])]()


def give_profile(
    user: User,
    role: str,
    scope: Any = None,
    *,
    tools: dict[str, str] | None = None,
    start: date = date(2025, 1, 1),
    end: date | None = None,
) -> Profile:
    """Give a role to an account; ``tools`` are grants, such as ``{"team": "view"}``. Municipal roles get their end."""
    where = scope or a_scope_for(role)
    profile = Profile.objects.create(
        user=user,
        role=role,
        start=start,
        end=end_of_profile(role, where, start, end) if end is None else end,
        **Profile.scope_fields(role, where),
    )
    for tool, access in (tools or {}).items():
        ToolGrant.objects.create(profile=profile, tool=tool, access=access)
    return profile


def person_with(
    role: str,
    scope: Any = None,
    *,
    tools: dict[str, str] | None = None,
    start: date = date(2025, 1, 1),
    end: date | None = None,
    **fields: Any,
) -> User:
    """A person who holds ``role`` in ``scope`` (a new one if None) from ``start`` until before ``end``."""
    user = a_person(**fields)
    give_profile(user, role, scope, tools=tools, start=start, end=end)
    return user
