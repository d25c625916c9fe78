"""Any order of moves: the round is where a model of it says, with one receipt per submission and no lost history."""

import uuid
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.diagnose import factories as make
from trama.diagnose.models import Agreement, Receipt, Round, RoundStep
from trama.diagnose.rounds import services
from trama.diagnose.rounds.errors import NotAllAgreed, WrongState
from trama.diagnose.rounds.selectors import verify_receipt

NOON = make.NOON
MOVES = {  # what each verb needs, and where it leads
    "start": ({"answering"}, "agreeing"),
    "again": ({"agreeing"}, "answering"),
    "reopen": ({"submitted"}, "agreeing"),
    "cancel": ({"answering", "agreeing"}, "cancelled"),
}


class Moves(RuleBasedStateMachine):
    """The model is a state, a set of agreed items and the submissions that were taken."""

    @initialize()
    def a_new_round(self):
        self.round = make.a_round()
        self.items = list(self.round.items.all())
        self.by = self.round.opened_by
        self.state, self.agreed, self.taken, self.steps = "answering", {}, {}, 0

    @rule(move=st.sampled_from(sorted(MOVES)))
    def a_move(self, move):
        origins, target = MOVES[move]
        verbs = {
            "start": lambda: services.start_agreement(self.round, by=self.by, at=NOON),
            "again": lambda: services.answer_again(
                self.round, answers_until=NOON + timedelta(days=1), reason="x", by=self.by, at=NOON
            ),
            "reopen": lambda: services.reopen_round(self.round, reason="x", by=self.by, at=NOON),
            "cancel": lambda: services.cancel_round(self.round, reason="x", by=self.by, at=NOON),
        }
        if self.state in origins:
            verbs[move]()
            self.state = target
            self.steps += 1
        else:
            with pytest.raises(WrongState):
                verbs[move]()

    @precondition(lambda self: self.state == "agreeing")
    @rule(item=st.integers(0, 3), level=st.sampled_from([None, -1, 0, 1, 4]))
    def the_team_agrees(self, item, level):
        Agreement.objects.update_or_create(
            item=self.items[item], defaults={"level": level, "saved_at": NOON, "saved_by": self.by}
        )
        self.agreed[item] = level

    @rule(submission=st.sampled_from([uuid.UUID(int=n + 1) for n in range(3)]), acknowledged=st.integers(0, 4))
    def somebody_submits(self, submission, acknowledged):
        missing = sum(self.agreed.get(n) is None for n in range(4))

        def submit():
            return services.submit_round(
                self.round, submission=submission, acknowledged=acknowledged, by=self.by, at=NOON
            )

        if submission in self.taken:
            assert submit().number == self.taken[submission]
        elif self.state != "agreeing":
            with pytest.raises(WrongState):
                submit()
        elif missing and acknowledged != missing:
            with pytest.raises(NotAllAgreed):
                submit()
        else:
            receipt = submit()
            assert receipt.n_open == missing
            self.taken[submission] = receipt.number
            self.state = "submitted"
            self.steps += 1

    @invariant()
    def the_database_says_what_the_model_says(self):
        if not hasattr(self, "round"):
            return
        now = Round.objects.get(pk=self.round.pk)
        assert now.state == self.state
        assert now.revision == self.steps + 1
        steps = list(RoundStep.objects.filter(round=now))
        assert len(steps) == self.steps
        assert all(before.to_state == after.from_state for before, after in pairwise(steps))
        receipts = list(Receipt.objects.filter(round=now))
        assert {one.submission: one.number for one in receipts} == self.taken
        assert all(verify_receipt(one).text_fits for one in receipts)
        if self.state == "submitted":
            assert verify_receipt(receipts[-1]).unchanged


@pytest.mark.django_db
@pytest.mark.parametrize("chunk", range(4))
def test_any_order_of_moves_agrees_with_the_model(chunk):
    from django.db import transaction
    from hypothesis.stateful import run_state_machine_as_test

    class Rolled(Moves):
        """Each history in a savepoint that is undone at the end."""

        def __init__(self):
            super().__init__()
            self.savepoint = transaction.savepoint()

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(Rolled, settings=settings(max_examples=15, stateful_step_count=15, deadline=None))
