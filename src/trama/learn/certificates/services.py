"""Verbs on certificates: issue when earned, issue for hours attended, correct a name, revoke."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event

from ..cohorts.models import Cohort, Enrolment
from ..cohorts.selectors import may_lead, pair_of
from ..progress.selectors import completion_of, learners_of
from .codes import new_code
from .errors import Incomplete, NotValidAnyMore
from .models import Certificate
from .selectors import minutes_attended

KIND = Certificate.Kind


def _valid(enrolment: Enrolment, kind: str) -> Certificate | None:
    rows = Certificate.objects.filter(revoked_at__isnull=True, replaced_at__isnull=True)
    return rows.filter(enrolment=enrolment, kind=kind).first()


def _name_for(enrolment: Enrolment) -> str:
    """The name to print: that of the account or, where it was corrected on paper since, the name last printed.

    A name that the account did not have when the earlier certificates were issued is newer than their correction.
    """
    own = str(enrolment.person.name).strip()
    printed = list(Certificate.objects.filter(enrolment=enrolment).order_by("issued_at", "pk"))
    corrected = any(one.replaces_id for one in printed) and own in {one.name for one in printed}
    return printed[-1].name if corrected else own


def _issue(enrolment: Enrolment, kind: str, hours: int, ended_on: date, *, by: Any, at: datetime) -> Certificate:
    cohort = enrolment.cohort
    version = cohort.version
    began = timezone.localdate(enrolment.enrolled_at or at)
    pair = pair_of(enrolment, at=at)
    made = Certificate.objects.create(
        code=new_code(),
        enrolment=enrolment,
        kind=kind,
        name=_name_for(enrolment),
        course_pt=version.title_pt,
        course_en=version.title_en,
        version=version.version,
        hours=hours,
        cohort=cohort.name,
        pair=str(pair)[:200] if pair else "",
        started_on=min(max(began, cohort.starts_on), ended_on),
        ended_on=ended_on,
        issued_at=at,
        issued_by=by,
    )
    record_event("certificate issued", by=by, at=at, target=made, detail={"kind": kind, "hours": hours})
    return made


@transaction.atomic
def issue_when_completed(enrolment: Enrolment, at: datetime, *, by: Any = None) -> Certificate | None:
    """The certificate of who completed the course, now; the one that stands, where there is one.

    None where the course is not complete, where the account has no name to print, or where a certificate of this
    enrolment was revoked: that one comes back only by the hand of who leads the cohort (``by``).
    """
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("cohort__version", "person")
    held = locked.get(pk=enrolment.pk)
    standing = _valid(held, KIND.COMPLETE)
    if standing is not None:
        return standing
    if held.completed_at is None or not completion_of(held, at=at).complete or not held.person.name.strip():
        return None
    revoked = Certificate.objects.filter(enrolment=held, kind=KIND.COMPLETE, revoked_at__isnull=False)
    if by is None and revoked.exists():
        return None
    ended = timezone.localdate(held.completed_at)
    return _issue(held, KIND.COMPLETE, held.cohort.version.hours, ended, by=by, at=at)


def completed(enrolment: Enrolment, at: datetime) -> None:
    """For ``progress.sources``: the act that completes the course issues the certificate."""
    issue_when_completed(enrolment, at)


@transaction.atomic
def issue_for_cohort(cohort: Cohort, *, partial: bool, by: Any, at: datetime) -> Sequence[Certificate]:
    """Issue what is missing in a cohort: for who completed the course or, if ``partial``, for the hours attended.

    Partial certificates are for who did not complete it and attended at least one whole hour; whoever has one keeps
    it. Raises ``PermissionDenied`` for who does not lead the cohort.
    """
    if not may_lead(by, cohort):
        raise PermissionDenied
    people = learners_of(cohort)
    if not partial:
        before = set(Certificate.objects.filter(enrolment__cohort=cohort).values_list("pk", flat=True))
        made = [issue_when_completed(one, at, by=by) for one in people]
        return [one for one in made if one is not None and one.pk not in before]
    minutes = minutes_attended(people)
    return [
        _issue(one, KIND.PARTIAL, hours, timezone.localdate(at), by=by, at=at)
        for one in people
        if one.completed_at is None
        and one.person.name.strip()
        and (hours := min(minutes[one.pk] // 60, cohort.version.hours))
        and _valid(one, KIND.PARTIAL) is None
    ]


def _locked(certificate: Certificate, by: Any) -> Certificate:
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("enrolment__cohort")
    held = rows.get(pk=certificate.pk)
    if not may_lead(by, held.enrolment.cohort):
        raise PermissionDenied
    if not held.is_valid:
        raise NotValidAnyMore
    return held


@transaction.atomic
def reissue(certificate: Certificate, *, name: str, reason: str, by: Any, at: datetime) -> Certificate:
    """Replace a certificate by one with the name corrected. The old one stays, and its page leads to the new one.

    Raises ``PermissionDenied``, ``NotValidAnyMore``, and ``Incomplete`` without a name or a reason.
    """
    old = _locked(certificate, by)
    if not name.strip() or not reason.strip():
        raise Incomplete(_("Give the name as it should read, and say why it changes."))
    old.replaced_at = at
    old.save(update_fields=["replaced_at"])
    fields = {
        field.attname: getattr(old, field.attname)
        for field in Certificate._meta.concrete_fields
        if field.name not in ("id", "uid", "code", "name", "replaced_at", "replaces", "issued_at", "issued_by")
    }
    made = Certificate.objects.create(
        **fields, code=new_code(), name=name.strip()[:160], issued_at=at, issued_by=by, replaces=old
    )
    detail = {"replaces": old.code, "reason": reason.strip()}
    record_event("certificate reissued", by=by, at=at, target=made, detail=detail)
    return made


@transaction.atomic
def revoke(certificate: Certificate, *, reason: str, by: Any, at: datetime) -> Certificate:
    """Revoke a certificate. Its public page says so, and why. Raises as ``reissue``."""
    held = _locked(certificate, by)
    if not reason.strip():
        raise Incomplete(_("Say why the certificate is revoked: its page shows it."))
    held.revoked_at, held.revoked_by, held.reason = at, by, reason.strip()[:300]
    held.save(update_fields=["revoked_at", "revoked_by", "reason"])
    record_event("certificate revoked", by=by, at=at, target=held, detail={"reason": held.reason})
    return held
