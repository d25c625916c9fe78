"""Pages of the programme's team: which tools courses may use, which platforms open courses here, the keys."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.foundation.policies import may, route

from ..keys.models import SigningKey
from ..keys.services import rotate
from ..policies import LTI_PAGES, REGISTER_LTI, ROTATE_KEYS
from . import services
from .addresses import at as address
from .addresses import issuer
from .forms import PlatformForm, ToolForm
from .models import GradePassback
from .selectors import contexts_of, platforms_visible_to, tools_visible_to


def as_platform() -> list[tuple[str, str]]:
    """What a tool's administrator has to be told of this site."""
    return [
        (_("Issuer"), issuer()),
        (_("Authorisation address"), address("lti_authorisation")),
        (_("Token address"), address("lti_token")),
        (_("Address of the keys (JWKS)"), address("lti_keys")),
    ]


def as_tool() -> list[tuple[str, str]]:
    """What a platform's administrator has to be told of this site."""
    return [
        (_("Login address (OIDC)"), address("lti_login")),
        (_("Redirect address"), address("lti_launch")),
        (_("Target link address"), address("lti_launch")),
        (_("Address to choose content (deep linking)"), address("lti_launch")),
        (_("Address of the keys (JWKS)"), address("lti_keys")),
    ]


@route(LTI_PAGES)
@never_cache
@require_safe
def tools(request: HttpRequest) -> HttpResponse:
    """Registered tools and platforms."""
    context = {
        "tools": tools_visible_to(request.user),
        "platforms": platforms_visible_to(request.user),
        "may_register": may(request.user, REGISTER_LTI),
        "may_rotate": may(request.user, ROTATE_KEYS),
        "keys": SigningKey.objects.filter(retired_at__isnull=True).order_by("-purpose"),
        "failed": GradePassback.objects.filter(state=GradePassback.State.FAILED).count(),
    }
    return render(request, "learn/lti/tools.html", context)


def _form_page(request: HttpRequest, form: Any, **more: Any) -> HttpResponse:
    return render(request, "learn/lti/form.html", {"form": form, **more})


@route(LTI_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_tool(request: HttpRequest) -> HttpResponse:
    """Register a tool."""
    form = ToolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.register_tool(form.values(), by=request.user, at=timezone.now())
        messages.success(request, _("The tool is registered. Now give its administrator the data below."))
        return redirect("learn:lti_tool", made.uid)
    return _form_page(request, form, what="tool")


@route(LTI_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tool(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A registered tool: what its administrator needs, and what may be changed."""
    found = get_object_or_404(tools_visible_to(request.user), uid=uid)
    form = ToolForm(request.POST or None, instance=get_object_or_404(tools_visible_to(request.user), uid=uid))
    if request.method == "POST" and form.is_valid():
        services.change_tool(found, form.values(), by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("learn:lti_tool", uid)
    facts = [*as_platform(), (_("Client id"), found.client_id), (_("Deployment id"), found.deployment_id)]
    return _form_page(request, form, what="tool", row=found, facts=facts)


@route(LTI_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_platform(request: HttpRequest) -> HttpResponse:
    """Register a learning platform."""
    form = PlatformForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.register_platform(form.values(), by=request.user, at=timezone.now())
        messages.success(request, _("The platform is registered."))
        return redirect("learn:lti_platform", made.uid)
    return _form_page(request, form, what="platform", facts=as_tool())


@route(LTI_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def platform(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A registered platform."""
    found = get_object_or_404(platforms_visible_to(request.user), uid=uid)
    form = PlatformForm(request.POST or None, instance=get_object_or_404(platforms_visible_to(request.user), uid=uid))
    if request.method == "POST" and form.is_valid():
        services.change_platform(found, form.values(), by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("learn:lti_platform", uid)
    return _form_page(request, form, what="platform", row=found, facts=as_tool(), contexts=contexts_of(found))


@route(LTI_PAGES)
@never_cache
@require_POST
def new_key(request: HttpRequest) -> HttpResponse:
    """Sign messages, or badges, with a new key from now on."""
    purpose = request.POST.get("purpose", "")
    if purpose not in SigningKey.Purpose.values:
        raise Http404
    rotate(purpose, by=request.user, at=timezone.now())
    messages.success(request, _("A new key signs from now on. The old one stays published."))
    return redirect("learn:lti_tools")
