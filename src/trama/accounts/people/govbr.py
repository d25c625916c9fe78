"""Login by gov.br: OpenID Connect, authorization code with PKCE, state and nonce, id token checked by its signature.

allauth's generic provider does the walk; what it leaves out is added here: the nonce, which ties the answer to the
browser that asked, and the signature of the id token, which it skips when the token came by TLS. The generic addresses
(``oidc/<provider>/login/``) resolve to these views, so no other way in exists.
"""

import secrets
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from trama.foundation.policies import route

from . import policies

_NONCE = "govbr_nonce"


def is_configured() -> bool:
    """Whether this installation has credentials of gov.br: only then is the button shown."""
    return "openid_connect" in settings.SOCIALACCOUNT_PROVIDERS


class GovbrProvider(OpenIDConnectProvider):
    """The generic provider, asking for a nonce; parameters of the address bar are ignored."""

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        nonce = secrets.token_urlsafe(24)
        request.session[_NONCE] = nonce
        return {**self.get_auth_params(), "nonce": nonce}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        scope: list[str] = self.get_scope()
        return scope


class GovbrAdapter(OpenIDConnectOAuth2Adapter):
    """Checks signature, issuer, audience, expiry and nonce of the id token before anything of it is believed."""

    def get_provider(self) -> GovbrProvider:
        return GovbrProvider(self.request, app=super().get_provider().app)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        id_token = kwargs["response"].get("id_token")
        expected = request.session.pop(_NONCE, None)
        if not id_token or not expected:
            raise OAuth2Error("gov.br: the answer carries no id token, or nobody asked for it here")
        claims = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        if not secrets.compare_digest(str(claims.get("nonce", "")), expected):
            raise OAuth2Error("gov.br: the id token answers another request (nonce)")
        person = self._fetch_user_info(token.token)
        if person.get("sub") != claims["sub"]:
            raise OAuth2Error("gov.br: the user information is of another person (sub)")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": person, "id_token": claims})


@route(policies.GOVBR)
@never_cache
@require_POST
def login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Send the person to gov.br."""
    return _answer(OAuth2LoginView, request, provider_id)


login.own_transactions = True  # type: ignore[attr-defined]  # it asks gov.br for its configuration: no lock meanwhile


@route(policies.GOVBR)
@never_cache
@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Where gov.br sends the person back."""
    return _answer(OAuth2CallbackView, request, provider_id)


def _answer(view: Any, request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if provider_id != settings.GOVBR_PROVIDER or not is_configured():
        raise Http404
    answer: HttpResponseBase = view.adapter_view(GovbrAdapter(request, provider_id))(request)
    return answer
