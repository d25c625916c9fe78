"""The pages that are checked in both languages and both themes, on a phone and on a desktop.

A path may hold the name of a fact of the database in braces (``server.read_facts``): ``/panorama/{municipality}/``. A
page whose fact is absent is skipped, and says so. ``who`` names a person of ``people.py``; without it nobody is signed
in.
"""

from typing import NamedTuple

from . import things


class Page(NamedTuple):
    """One page: a name for the report, its Portuguese path, who looks at it, the status it answers with."""

    name: str
    path: str
    who: str = ""
    status: int = 200


PAGES = [
    Page("home", "/"),
    Page("about", "/sobre/"),
    Page("privacy", "/privacidade/"),
    Page("accessibility", "/acessibilidade/"),
    Page("components", "/sistema/componentes/"),
    Page("not found", "/nao-existe/", status=404),
    Page("login", "/conta/login/"),
    Page("signup", "/conta/signup/"),
    Page("password reset", "/conta/password/reset/"),
    Page("search", "/buscar/?q=vila"),
    Page("search without a find", "/buscar/?q=xyzxyz"),
    Page("panorama of Brazil", "/panorama/"),
    Page("panorama of a state", "/panorama/{state}/"),
    Page("panorama of a municipality", "/panorama/{municipality}/"),
    Page("panorama of a municipality, another network", "/panorama/{municipality}/?rede=estadual"),
    Page("panorama of a school", "/panorama/{school}/"),
    Page("schools of a municipality", "/panorama/{municipality}/escolas/"),
    Page("network", "/redes/{network}/"),
    Page("comparison", "/comparar/"),
    Page("comparison of two places", "/comparar/?lugar={municipality}&lugar={state}"),
    Page("comparison, a name of many places", "/comparar/?lugar={municipality}&nome=sao"),
    Page("comparison, what is unknown", "/comparar/?lugar=9999999"),
    Page("groups", "/territorios/"),
    Page("group", "/territorios/{group}/"),
    Page("group on a day of the past", "/territorios/{group}/?data=2019-06-30"),
    Page("group, what is no date", "/territorios/{group}/?data=ontem", status=400),
    Page("indicators", "/indicadores/"),
    Page("indicator", "/indicadores/{indicator}/"),
    Page("releases", "/dados/"),
    Page("release", "/dados/{release}/"),
    Page("calls", "/editais/"),
    Page("call", "/editais/{call}/"),
    Page("search of a network in a call", "/editais/{call}/?q=a"),
    Page("answer of a network", "/editais/{call}/redes/{network}/"),
    Page("calls of the team", "/equipe/editais/", "team"),
    Page("new call", "/equipe/editais/novo/", "team"),
    Page("call of the team", "/equipe/editais/{call}/", "team"),
    Page("texts and dates of a call", "/equipe/editais/{call}/editar/", "team"),
    Page("category of a call", "/equipe/editais/{call}/categorias/municipal/", "team"),
    Page("preview of a rule", "/equipe/editais/{call}/categorias/municipal/previa/", "team"),
    Page("explanation under a rule", "/equipe/editais/{call}/categorias/municipal/previa/redes/{network}/", "team"),
    Page("call being written", "/equipe/editais/{draft}/", "team"),
    Page("category being written", "/equipe/editais/{draft}/categorias/municipal/", "team"),
    Page("new category", "/equipe/editais/{draft}/categoria-nova/", "team"),
    Page("removal of a category", "/equipe/editais/{draft}/categorias/municipal/remover/", "team"),
    Page("rule being built", "/equipe/editais/{draft}/categorias/municipal/regra/", "team"),
    Page("condition", "/equipe/editais/{draft}/categorias/municipal/regra/condicao/", "team"),
    Page("comparison of versions", "/equipe/editais/{draft}/categorias/municipal/comparar/", "team"),
    Page("publication of a call", "/equipe/editais/{draft}/publicar/", "team"),
    Page("job", "/sistema/tarefas/{job}/", "team"),
    Page("report of an import", "/dados/importacoes/{release}/", "team"),
    Page("withdrawal of a release", "/dados/importacoes/{release}/retirar/", "team"),
    Page("imports", "/dados/importacoes/", "team"),
    Page("upload", "/dados/importacoes/enviar/", "team"),
    Page("account", "/conta/", "principal"),
    Page("account of a newcomer", "/conta/", "newcomer"),
    Page("profiles", "/conta/perfis/", "team"),
    Page("team of the network", "/conta/equipe/", "principal"),
    Page("invitation to the team", "/conta/equipe/convidar/", "principal"),
    Page("tools of a member", "/conta/equipe/perfis/{member}/ferramentas/", "principal"),
    Page("end of a member's profile", "/conta/equipe/perfis/{member}/encerrar/", "principal"),
    Page("transfer of the network", "/conta/equipe/perfis/{member}/transferir/", "principal"),
    Page("offer of a profile", f"/conta/convite/{things.CODE}/"),
    Page("acceptance of a profile", f"/conta/convite/{things.CODE}/aceitar/", "newcomer"),
    Page("renewal of a mandate", "/conta/renovacao/", "newcomer"),
    Page("second factor wanted", "/conta/segundo-fator/", "principal"),
    Page("policies", "/conta/politicas/", "team"),
    Page("networks of the programme", "/conta/programa/?q=a", "team"),
    Page("invitation of a principal user", "/conta/programa/convidar/network_principal/{network}/", "team"),
    Page("decision on a renewal", "/conta/programa/renovacoes/{renewal}/", "team"),
    Page("refused", "/equipe/editais/", "newcomer", 403),
    Page("e-mail addresses", "/conta/email/", "principal"),
    Page("password change", "/conta/password/change/", "principal"),
    Page("sessions", "/conta/sessions/", "principal"),
    Page("second factors", "/conta/2fa/", "team"),
    Page("code generator", "/conta/2fa/totp/activate/", "principal"),
    Page("recovery codes", "/conta/2fa/recovery-codes/generate/", "team"),
    Page("passkey", "/conta/2fa/webauthn/add/", "principal"),
    Page("sign out", "/conta/logout/", "principal"),
]
