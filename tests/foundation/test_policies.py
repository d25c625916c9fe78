from django.contrib.auth.models import AnonymousUser

from trama.foundation import policies


def test_everyone_may_do_what_is_public_and_nobody_what_no_role_admits():
    public = policies.Policy("t.public", "route", policies.PUBLIC)
    closed = policies.Policy("t.closed", "route", policies.NOBODY)
    assert policies.may(AnonymousUser(), public)
    assert not policies.may(AnonymousUser(), closed)
