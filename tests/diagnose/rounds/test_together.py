"""Two people at the same moment, with real transactions: one submission wins, and no save slips in behind it."""

import threading
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from tests.diagnose import factories as make
from trama.diagnose.models import Agreement, Receipt
from trama.diagnose.rounds import services
from trama.diagnose.rounds.errors import WrongState
from trama.diagnose.rounds.selectors import verify_receipt

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"),
]


def together(*verbs: Any) -> list[Any]:
    """What each verb answered or raised, all started at once, each on its own connection."""
    barrier, answers = threading.Barrier(len(verbs)), [None] * len(verbs)

    def run(place: int, verb: Any) -> None:
        try:
            barrier.wait(timeout=10)
            answers[place] = verb()
        except Exception as problem:
            answers[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def agreed_round():
    round_ = make.a_round(state="agreeing")
    make.agree_all(round_, (1, 2, 3, 4))
    return round_


def submit(round_, submission):
    return lambda: services.submit_round(round_, submission=submission, by=round_.opened_by, at=make.NOON)


@pytest.mark.parametrize("same", [True, False])
def test_two_submissions_at_once_give_one_receipt(same):
    assert connection.vendor == "postgresql"
    round_, once = agreed_round(), uuid.uuid4()
    answers = together(*(submit(round_, once if same else uuid.uuid4()) for _ in range(4)))
    receipts = [one for one in answers if isinstance(one, Receipt)]
    assert Receipt.objects.count() == 1
    assert len({one.number for one in receipts}) == 1
    assert len(receipts) == (4 if same else 1)
    assert all(isinstance(one, Receipt | WrongState) for one in answers), answers


def test_a_save_under_way_is_in_the_receipt_and_one_that_comes_later_is_refused():
    round_ = agreed_round()
    item = round_.items.first()
    saving, submitted = threading.Event(), threading.Event()

    def save_slowly():
        with transaction.atomic():
            Agreement.objects.filter(item=item).update(reason="a caminho")
            saving.set()
            submitted.wait(timeout=1)  # the submission waits for this transaction, so this runs out

    def submit_meanwhile():
        saving.wait(timeout=10)
        receipt = submit(round_, uuid.uuid4())()
        submitted.set()
        return receipt

    _, receipt = together(save_slowly, submit_meanwhile)
    receipt = Receipt.objects.get(pk=receipt.pk)
    assert verify_receipt(receipt).unchanged, "what was saved before the end is what was hashed"
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Agreement.objects.filter(item=item).update(reason="tarde demais")
