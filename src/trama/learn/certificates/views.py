"""Pages of certificates: anybody verifies one, people find their own, trainers issue, correct and revoke."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.accounts.api import absolute
from trama.foundation.http import found_or_404
from trama.foundation.policies import route

from ..policies import CERTIFICATE_FILE, COHORT_PAGES, STUDY_PAGES, VERIFY_CERTIFICATE
from ..progress.selectors import learners_of
from ..progress.views import led_or_404
from .codes import read_code
from .errors import CertificateError
from .pdf import certificate_pdf
from .selectors import (
    by_code,
    certificates_of_cohort,
    certificates_of_person,
    certificates_visible_to,
    minutes_attended,
)
from .services import issue_for_cohort, reissue, revoke


def _not_indexed(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@route(VERIFY_CERTIFICATE)
@never_cache
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a code; a code that can be one leads to its page."""
    typed = request.GET.get("codigo", "")
    if code := read_code(typed):
        return redirect("learn:verified", code)
    return render(request, "learn/certificates/verify.html", {"typed": typed}, status=404 if typed else 200)


@route(VERIFY_CERTIFICATE)
@never_cache
@require_safe
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """What is certified, and whether it still holds: nothing else. The code is the key."""
    found = by_code(code)
    if found is None:
        return _not_indexed(render(request, "learn/certificates/verify.html", {"typed": code}, status=404))
    newer = getattr(found, "replaced_by", None)
    return _not_indexed(render(request, "learn/certificates/verified.html", {"certificate": found, "newer": newer}))


@route(STUDY_PAGES)
@never_cache
@require_safe
def my_certificates(request: HttpRequest) -> HttpResponse:
    """A person's own certificates."""
    context = {"certificates": certificates_of_person(request.user), "named": bool(request.user.name.strip())}  # type: ignore[union-attr]
    return render(request, "learn/certificates/mine.html", context)


@route(CERTIFICATE_FILE)
@never_cache
@require_safe
def certificate_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A certificate as PDF, for its holder and those who lead the cohort."""
    found = get_object_or_404(certificates_visible_to(request.user), uid=uid)
    content = certificate_pdf(found, link=absolute(reverse("learn:verified", args=[found.code]), ""))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificado-{found.code}.pdf"'
    return response


# --- trainers -----------------------------------------------------------------------------------------------------


@route(COHORT_PAGES)
@never_cache
@require_safe
def cohort_certificates(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who has which certificate in a cohort, and what can be issued."""
    cohort = led_or_404(request, uid)
    people, held = learners_of(cohort), certificates_of_cohort(cohort)
    minutes = minutes_attended(people)
    lines = [(one, held.get(one.pk, []), minutes[one.pk] // 60) for one in people]
    return render(request, "learn/certificates/cohort.html", {"cohort": cohort, "lines": lines})


@route(COHORT_PAGES)
@require_POST
def issue_certificates(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """Issue what is missing in a cohort."""
    cohort = led_or_404(request, uid)
    made = issue_for_cohort(cohort, partial=kind == "parciais", by=request.user, at=timezone.now())
    count = len(made)
    if made:
        text = ngettext("%(n)d certificate was issued.", "%(n)d certificates were issued.", count) % {"n": count}
        messages.success(request, text)
    else:
        messages.info(request, _("No certificate was missing."))
    return redirect("learn:cohort_certificates", uid)


@route(COHORT_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, uid: UUID, one: UUID) -> HttpResponse:
    """One certificate of a cohort: correct its name, or revoke it."""
    cohort = led_or_404(request, uid)
    rows = certificates_visible_to(request.user).filter(enrolment__cohort=cohort)
    found = found_or_404(rows.filter(uid=one).first())
    if request.method == "POST":
        reason, now = request.POST.get("reason", ""), timezone.now()
        try:
            if "revoke" in request.POST:
                revoke(found, reason=reason, by=request.user, at=now)
                messages.success(request, _("The certificate is revoked."))
            else:
                reissue(found, name=request.POST.get("name", ""), reason=reason, by=request.user, at=now)
                messages.success(request, _("A corrected certificate was issued."))
            return redirect("learn:cohort_certificates", uid)
        except CertificateError as problem:
            messages.error(request, str(problem))
    return render(request, "learn/certificates/certificate.html", {"cohort": cohort, "certificate": found})
