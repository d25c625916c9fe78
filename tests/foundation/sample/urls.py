"""The site's addresses, and two that save: one as every view does, one (the control) that promises too early."""

import threading
import time

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from config.urls import urlpatterns as site_addresses
from trama.foundation.http import own_transactions
from trama.foundation.jobs.models import Job
from trama.foundation.policies import PUBLIC, declare, route

SAVE = declare("sample.answers.save", kind="route", allow=PUBLIC)


def keep(key: str) -> None:
    Job.objects.create(pk=key, name="answer", title="header", created_at=timezone.now(), state=Job.State.SUCCEEDED)
    Job.objects.create(name="answer", title=key, created_at=timezone.now(), state=Job.State.SUCCEEDED)


@csrf_exempt
@route(SAVE)
def save(request: HttpRequest) -> HttpResponse:
    """Two rows, so that a half would show. The answer leaves after the commit."""
    keep(request.POST["key"])
    return HttpResponse("saved")


def keep_later(key: str) -> None:
    time.sleep(0.2)
    keep(key)
    connection.close()


@csrf_exempt
@own_transactions
@route(SAVE)
def promise(request: HttpRequest) -> HttpResponse:
    """The control: says "saved" and saves a moment later."""
    threading.Thread(target=keep_later, args=(request.POST["key"],)).start()
    return HttpResponse("saved")


urlpatterns = [path("test/save/", save), path("test/promise/", promise), *site_addresses]
