"""Words of a state agree with what they speak of: in Portuguese an action is feminine, a step and a job are not."""

from trama.foundation.jobs.models import Job
from trama.plan.models import Action, AdoptionStep


def test_an_action_is_done_in_the_feminine_and_a_step_or_a_job_is_not():
    assert str(Action.State.DONE.label) == "concluída"
    assert {str(AdoptionStep.State.DONE.label), str(Job.State.SUCCEEDED.label)} == {"concluído"}
