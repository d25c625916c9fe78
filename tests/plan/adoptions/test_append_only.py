"""The history of an adoption is only added to, whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.plan.factories import NOON, an_adoption
from trama.plan.adoptions import services
from trama.plan.models import AdoptionChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(network, director) -> AdoptionChange:
    adoption = an_adoption(network, by=director)
    services.start_adoption(adoption, by=director, at=NOON)
    return AdoptionChange.objects.filter(adoption=adoption).latest("pk")


def test_the_database_refuses_to_change_or_delete_the_history_of_an_adoption(change):
    kept = list(AdoptionChange.objects.order_by("pk").values())
    writes = [
        lambda: AdoptionChange.objects.filter(pk=change.pk).update(reason="outra"),
        lambda: AdoptionChange.objects.filter(adoption=change.adoption).delete(),
        lambda: change.delete(),
        lambda: connection.cursor().execute("UPDATE plan_adoptionchange SET kind = 'opened'"),
    ]
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE is refused for another reason
        writes.append(lambda: connection.cursor().execute("TRUNCATE plan_adoptionchange"))
    for write in writes:
        with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
            write()
    assert list(AdoptionChange.objects.order_by("pk").values()) == kept
