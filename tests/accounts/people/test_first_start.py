"""The first start on one's own machine says how to sign in; a server never gets invented accounts."""

from io import StringIO

import pytest

from trama.accounts.models import User
from trama.accounts.people.demo import show_demonstration_accounts

pytestmark = pytest.mark.django_db


def test_the_first_start_shows_each_account_once_with_a_password_that_works(settings, tmp_path):
    settings.TRAMA_EMBEDDED, settings.VAR_DIR = True, tmp_path
    told = StringIO()
    show_demonstration_accounts(told)
    lines = [line.split() for line in told.getvalue().splitlines() if "@" in line]
    assert {line[0] for line in lines} == set(User.objects.values_list("email", flat=True))
    assert all(User.objects.get(email=line[0]).check_password(line[1]) for line in lines)
    again = StringIO()
    show_demonstration_accounts(again)
    assert again.getvalue() == ""


def test_a_server_gets_no_invented_accounts(settings, tmp_path):
    settings.TRAMA_EMBEDDED, settings.VAR_DIR = False, tmp_path
    show_demonstration_accounts(StringIO())
    assert not User.objects.exists()
