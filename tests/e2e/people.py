"""The people of the end-to-end tests, created in the tests' own database; prints person to session key.

- ``newcomer``: an account without any profile;
- ``principal``: principal user of the municipal network with most figures;
- ``team``: administrator of the programme, with a second factor;
- ``writer``: of the programme's team, who edits the public site;
- ``learner``, ``colleague``, ``trainer``: people of a cohort that learns (``learning_things.py``);
- those of ``journey_things.py``: people of the journeys of training.

Two more sign in by the form, and what they change is theirs: ``ORGANISER`` is an administrator of the programme with a
code generator (``ORGANISER_SECRET``), ``DIRECTOR`` the principal user of another municipal network.
"""

import json
import sqlite3
from datetime import date
from typing import Any

PASSWORD = "uma frase de teste bem comprida"
ORGANISER = "organiza@exemplo.org.br"
ORGANISER_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238
DIRECTOR = "diretora@exemplo.org.br"


def _person(email: str, name: str) -> Any:
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model

    model = get_user_model()
    user = model.objects.filter(email=email).first()
    if user is None:
        user = model.objects.create_user(email=email, password=PASSWORD, name=name)
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def _session(user: Any) -> str:
    """A signed-in session, as the login makes it."""
    from allauth.account.internal.flows.login import record_authentication
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.session = SessionStore()
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user, "password", email=user.email, reauthenticated=True)
    request.session.save()
    return str(request.session.session_key)


def main() -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.conf import settings

    from tests.e2e import journey_things, learning_things, site_things, things
    from tests.e2e.server import FACTS
    from trama.accounts.models import Organisation, Profile
    from trama.know.models import TeachingNetwork

    newcomer = _person("nova@exemplo.org.br", "Nova Pessoa")
    principal = _person("dirigente@exemplo.org.br", "Dirigente Municipal")
    team = _person("equipe@exemplo.org.br", "Equipe do Programa")
    writer = _person("escreve@exemplo.org.br", "Escreve o Site")
    organiser, director = _person(ORGANISER, "Organiza Editais"), _person(DIRECTOR, "Diretora de Educação")
    with sqlite3.connect(settings.DATABASES["default"]["NAME"]) as database:
        row = database.execute(f"{FACTS['network']} LIMIT 1").fetchone()
    network = None
    if row is not None:
        network = TeachingNetwork.objects.get(pk=row[0])
        other = TeachingNetwork.objects.filter(dependency="municipal", schools__isnull=False).exclude(pk=network.pk)
        for user, led in ((principal, network), (director, other.order_by("pk").first())):
            if led is not None:
                Profile.objects.get_or_create(
                    user=user, role="network_principal", network=led,
                    defaults={"start": date(2025, 1, 1), "end": date(2029, 1, 1)},
                )  # fmt: skip
    programme = Organisation.objects.filter(kind="programme").order_by("pk").first()
    if programme is None:
        programme = Organisation.objects.create(kind="programme", name="Programa de teste", slug="programa-de-teste")
    for user, secret in ((team, generate_totp_secret()), (organiser, ORGANISER_SECRET)):
        Profile.objects.get_or_create(
            user=user, role="programme_admin", organisation=programme, defaults={"start": date(2025, 1, 1)}
        )
        if not user.authenticator_set.exists():
            TOTP.activate(user, secret)
    Profile.objects.get_or_create(
        user=writer, role="programme_team", organisation=programme, defaults={"start": date(2025, 1, 1)}
    )
    things.prepare(network=network, principal=principal, newcomer=newcomer, team=team, programme=programme)
    site_things.prepare()
    learning = learning_things.prepare() | journey_things.prepare()
    signed = {"newcomer": newcomer, "principal": principal, "team": team, "writer": writer, **learning}
    print(json.dumps({name: _session(user) for name, user in signed.items()}))
