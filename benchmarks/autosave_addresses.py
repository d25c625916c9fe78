"""The addresses of the site and two more, behind the same frame: one does nothing, one saves by plain ORM."""

import json
import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from config.urls import urlpatterns as addresses
from trama.diagnose.models import Answer, RoundItem, RoundMember, Submission
from trama.foundation.http import own_transactions
from trama.foundation.policies import MEMBERS, declare, route

EMPTY, PLAIN = "medida/vazia/", "medida/simples/"
MEASURE = declare("benchmarks.autosave.measure", kind="route", allow=MEMBERS)


@route(MEASURE)
@own_transactions
@require_POST
def empty(request: HttpRequest) -> HttpResponse:
    """Session, person, cross-site token and policy, and nothing else."""
    return JsonResponse({"outcome": "saved"})


@route(MEASURE)
@own_transactions
@require_POST
def plain(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The same two rows as one writes them with Django: no deadline, no merge, no second sending, last write wins."""
    sent: dict[str, Any] = json.loads(request.body)
    now = timezone.now()
    with transaction.atomic():
        member = get_object_or_404(RoundMember.objects.select_related("round"), round__uid=uid, user=request.user)
        item = get_object_or_404(RoundItem, round=member.round, pk=sent["item"])
        answer, _ = Answer.objects.update_or_create(
            item=item,
            member=member,
            defaults={
                "level": sent["level"],
                "comment": sent["text"],
                "revision": sent["base"] + 1,
                "saved_at": now,
            },
        )
        Submission.objects.create(
            id=sent["id"],
            round=member.round,
            item=item,
            member=member,
            base_revision=sent["base"],
            level=sent["level"],
            text=sent["text"],
            changes="level text",
            applied="level text",
            received_at=now,
            outcome=Submission.Outcome.SAVED,
            revision=answer.revision,
        )
    return JsonResponse({"outcome": "saved", "receipt": {"revision": answer.revision}})


urlpatterns = [path(EMPTY, empty), path(f"{PLAIN}<uuid:uid>/", plain), *addresses]
