"""The pages of allauth that we use: its old addresses and its generic providers are left out."""

from django.urls import include, path

from . import govbr

urlpatterns = [
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/", include("allauth.socialaccount.urls")),
    path("oidc/<str:provider_id>/login/", govbr.login, name="openid_connect_login"),
    path("oidc/<str:provider_id>/login/callback/", govbr.callback, name="openid_connect_callback"),
    path("sessions/", include("allauth.usersessions.urls")),
]
