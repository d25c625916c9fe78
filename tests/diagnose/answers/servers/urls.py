"""The site's addresses, and three controls.

One says "saved" before it saves, one before it is on disk, one looks before it inserts.
"""

import json
import threading
import time
import uuid
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone

from config.urls import urlpatterns as site_addresses
from trama.diagnose.answers.services import record_saves
from trama.diagnose.models import Submission
from trama.foundation.http import own_transactions
from trama.foundation.policies import MEMBERS, declare, route

SAVE = declare("sample.diagnose.save", kind="route", allow=MEMBERS)


@own_transactions
@route(SAVE)
def promise(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Acknowledges at once, saves a moment later."""
    save, by = json.loads(request.body), request.user._wrapped

    def later() -> None:
        time.sleep(0.2)
        record_saves(uid, [save], by=by, at=timezone.now())
        connection.close()

    threading.Thread(target=later).start()
    return JsonResponse({"outcome": "saved", "receipt": {"revision": 0}})


@own_transactions
@route(SAVE)
def look(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Looks whether the text came before; if not, inserts it under an id of the server."""
    save: dict[str, Any] = json.loads(request.body)
    if not Submission.objects.filter(text=save["text"]).exists():
        time.sleep(0.05)  # what lies between looking and inserting on a slow machine
        record_saves(uid, [save | {"id": str(uuid.uuid4())}], by=request.user, at=timezone.now())
    return JsonResponse({"outcome": "saved", "receipt": {"revision": 0}})


@own_transactions
@route(SAVE)
def hurry(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Saves as the site does, but commits without waiting for the disk (PostgreSQL)."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    (result,) = record_saves(uid, [json.loads(request.body)], by=request.user, at=timezone.now())
    assert result.submission is not None
    receipt = {"revision": result.submission.revision}
    return JsonResponse({"outcome": result.submission.outcome, "receipt": receipt})


urlpatterns = [
    path("controle/<uuid:uid>/sem-disco/", hurry),
    path("controle/<uuid:uid>/promessa/", promise),
    path("controle/<uuid:uid>/olhar/", look),
    *site_addresses,
]
