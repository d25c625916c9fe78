"""A learner's way through a package: opened, left half way, resumed, completed; and what never goes back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.learn.packages import making
from tests.learn.packages.world import a_class_with
from tests.learn.progress.world import an_enrolment, later
from trama.learn.models import PackageAttempt, PackageCommit
from trama.learn.packages.errors import CommitRefused, OtherCommit
from trama.learn.packages.presentation import setup_of_launch
from trama.learn.packages.services import begin_again, keep_commit, open_package
from trama.learn.progress.completion import Reason
from trama.learn.progress.errors import NotLearning
from trama.learn.progress.selectors import completion_of, completions_of

pytestmark = pytest.mark.django_db


def said(status="incomplete", *, raw="", place="", suspend="", time="00:00:10", exit_="suspend"):
    core = {
        "lesson_status": status,
        "lesson_location": place,
        "session_time": time,
        "exit": exit_,
        "score": {"raw": raw},
    }
    return {"core": core, "suspend_data": suspend}


def line_of(room, package):
    found = completion_of(room.enrolment, at=later(60))
    return next(line for line in found.lines if line.part == package.pk)


class Asked:
    """As much of a request as addresses are made of."""

    scheme = "http"

    def get_host(self):
        return "localhost:8000"


def begins_with(launch):
    return setup_of_launch(Asked(), launch, later(0))


def test_a_package_is_left_half_way_resumed_and_completed():
    room, package = a_class_with(rule="score", asked_percent=70)
    me = {"by": room.learner}
    assert line_of(room, package).reason == Reason.NOT_BEGUN
    first = open_package(room.enrolment, package, **me, at=later(1))
    assert begins_with(first)["items"][0]["data"]["core"]["entry"] == "ab-initio"
    keep_commit(first, "i1", 1, said(place="2", suspend="half way"), **me, at=later(2))
    assert line_of(room, package).reason == Reason.NOT_FINISHED
    second = open_package(room.enrolment, package, **me, at=later(10))
    data = begins_with(second)["items"][0]["data"]
    assert (data["core"]["entry"], data["core"]["lesson_location"], data["suspend_data"]) == ("resume", "2", "half way")
    assert data["core"]["total_time"] == "0000:00:10"
    assert data["core"]["student_name"] == "Ana"
    keep_commit(second, "i1", 1, said("completed", raw="85", time="00:00:05"), **me, at=later(11))
    line = line_of(room, package)
    assert line.met
    assert (line.got, line.asked) == (85, 70)
    attempt = PackageAttempt.objects.get(enrolment=room.enrolment)
    assert (attempt.completed, attempt.passed, attempt.percent, attempt.seconds) == (True, True, Decimal("85.00"), 15)
    room.enrolment.refresh_from_db()
    assert room.enrolment.completed_at == later(11), "the course is complete in the act that completes it"


def test_the_same_commit_again_changes_nothing_and_another_under_its_number_is_refused():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    first = keep_commit(launch, "i1", 1, said(place="2"), by=room.learner, at=later(1))
    again = keep_commit(launch, "i1", 1, said(place="2"), by=room.learner, at=later(5))
    assert (first.again, again.again, again.commit) == (False, True, first.commit)
    with pytest.raises(OtherCommit):
        keep_commit(launch, "i1", 1, said(place="3"), by=room.learner, at=later(6))
    assert PackageCommit.objects.count() == 1


def test_a_late_commit_does_not_move_the_place_back_and_its_result_still_counts():
    room, package = a_class_with(rule="completed")
    old = open_package(room.enrolment, package, by=room.learner, at=later(0))
    keep_commit(old, "i1", 2, said(place="5"), by=room.learner, at=later(1))
    late = keep_commit(old, "i1", 1, said(place="1"), by=room.learner, at=later(2))
    assert not late.commit.moved, "number 1 came after number 2"
    new = open_package(room.enrolment, package, by=room.learner, at=later(10))
    keep_commit(new, "i1", 1, said(place="7"), by=room.learner, at=later(11))
    late = keep_commit(old, "i1", 3, said("completed", place="6", raw="90"), by=room.learner, at=later(12))
    assert not late.commit.moved
    state = late.commit.launch.attempt.states.get()
    assert state.data["core"]["lesson_location"] == "7"
    assert state.completed
    assert line_of(room, package).met


def test_results_only_go_forward():
    room, package = a_class_with(rule="passed")
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    keep_commit(launch, "i1", 1, said("passed", raw="95"), by=room.learner, at=later(1))
    keep_commit(launch, "i1", 2, said("incomplete", raw="10"), by=room.learner, at=later(2))
    assert line_of(room, package).met
    again = begin_again(room.enrolment, package, by=room.learner, at=later(3))
    assert begins_with(again)["items"][0]["data"]["core"]["entry"] == "ab-initio"
    keep_commit(again, "i1", 1, said("failed", raw="0"), by=room.learner, at=later(4))
    assert line_of(room, package).met, "the best attempt counts"
    assert [one.number for one in PackageAttempt.objects.all()] == [1, 2]


def test_the_score_of_the_manifest_decides_about_passing():
    room, package = a_class_with(rule="passed")
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    keep_commit(launch, "i1", 1, said("passed", raw="79"), by=room.learner, at=later(1))
    assert line_of(room, package).reason == Reason.NOT_PASSED, "80 are asked, whatever the word says"
    keep_commit(launch, "i1", 2, said("passed", raw="80"), by=room.learner, at=later(2))
    assert line_of(room, package).met


def test_a_package_of_several_items_is_complete_with_all_of_them():
    two = making.manifest_12(
        items='<item identifier="a" identifierref="r1"><title>A</title></item>'
        '<item identifier="b" identifierref="r1"><title>B</title></item>'
    )
    room, package = a_class_with(making.scorm_12(**{"imsmanifest.xml": two}), rule="score", asked_percent=80)
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    keep_commit(launch, "a", 1, said("completed", raw="100"), by=room.learner, at=later(1))
    assert not line_of(room, package).met
    assert begins_with(open_package(room.enrolment, package, by=room.learner, at=later(2)))["first"] == "b"
    keep_commit(launch, "b", 2, said("completed", raw="60"), by=room.learner, at=later(3))
    assert line_of(room, package).met
    assert PackageAttempt.objects.get().percent == Decimal("80.00")


def test_an_item_that_was_completed_stays_so_while_the_others_are_worked_on():
    room, package = a_class_with(making.two_items(), rule="completed")
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    for number, item, status in ((1, "a", "completed"), (2, "a", "incomplete"), (3, "b", "completed")):
        keep_commit(launch, item, number, said(status), by=room.learner, at=later(number))
    assert line_of(room, package).met


def test_time_is_what_the_launch_could_have_lasted():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    keep_commit(launch, "i1", 1, said(time="23:00:00"), by=room.learner, at=later(1))
    assert PackageAttempt.objects.get().seconds == 120, "one minute, and one that a clock may differ by"


@pytest.mark.parametrize(
    ("item", "data", "where"),
    [
        ("other", said(), "item"),
        ("i1", said(suspend="x" * 4097), "cmi.suspend_data"),
        ("i1", said(place="x" * 256), "cmi.core.lesson_location"),
        ("i1", [], "cmi"),
        ("i1", {"core": {"lesson_status": "x\x00"}}, "cmi.core.lesson_status"),
        ("i1", {"a": {str(n): "x" * 60 for n in range(5000)}}, "cmi"),
    ],
)
def test_what_the_standard_does_not_allow_is_refused_and_nothing_changes(item, data, where):
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    with pytest.raises(CommitRefused) as refused:
        keep_commit(launch, item, 1, data, by=room.learner, at=later(1))
    assert refused.value.where == where
    assert not PackageCommit.objects.exists()


def test_suspend_data_of_its_full_length_is_kept():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    kept = keep_commit(launch, "i1", 1, said(suspend="ç" * 4096), by=room.learner, at=later(1))
    assert kept.commit.moved


def test_nobody_works_in_another_s_package_and_nobody_after_the_cohort():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    with pytest.raises(PermissionDenied):
        keep_commit(launch, "i1", 1, said(), by=room.stranger, at=later(1))
    with pytest.raises(PermissionDenied):
        open_package(room.enrolment, package, by=room.trainer, at=later(1))
    type(room.cohort).objects.filter(pk=room.cohort.pk).update(state="ended")
    with pytest.raises(NotLearning):
        keep_commit(launch, "i1", 1, said(), by=room.learner, at=later(2))


def test_commits_and_files_never_change():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    commit = keep_commit(launch, "i1", 1, said(), by=room.learner, at=later(1)).commit
    for rows in (PackageCommit.objects.filter(pk=commit.pk), type(package.file).objects.filter(pk=package.file_id)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**({"session": 9} if rows.model is PackageCommit else {"title": "x"}))
    with pytest.raises(DatabaseError), transaction.atomic():
        type(package).objects.filter(pk=package.pk).update(asked_percent=1)


def test_the_queries_of_completion_do_not_grow_with_the_people():
    room, _package = a_class_with()

    def queries(people):
        with CaptureQueriesContext(connection) as asked:
            completions_of(people, at=later(1))
        return len(asked)

    more = [room.enrolment, *(an_enrolment(room.cohort) for _ in range(4))]
    assert queries(more) == queries([room.enrolment])


def test_scorm_2004_keeps_completion_and_success_apart():
    room, package = a_class_with(making.scorm_2004(), rule="completed")
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))
    data = begins_with(launch)["items"][0]["data"]
    assert (data["scaled_passing_score"], data["completion_threshold"], data["entry"]) == ("0.8", "0.75", "ab-initio")
    told = {
        "completion_status": "completed",
        "progress_measure": "0.7",
        "score": {"scaled": "0.9"},
        "session_time": "PT9S",
    }
    keep_commit(launch, "i1", 1, told, by=room.learner, at=later(1))
    attempt = PackageAttempt.objects.get()
    assert (attempt.completed, attempt.passed, attempt.percent) == (False, True, Decimal("90.00")), "0.75 are asked"
    keep_commit(launch, "i1", 2, told | {"progress_measure": "0.75"}, by=room.learner, at=later(2))
    assert line_of(room, package).met


def test_time_adds_up_over_openings_of_one_launch_and_late_commits_add_none():
    room, package = a_class_with()
    launch = open_package(room.enrolment, package, by=room.learner, at=later(0))

    def told(number, time, at):
        keep_commit(launch, "i1", number, said(time=time), by=room.learner, at=at)
        return PackageAttempt.objects.get().seconds

    assert told(1, "00:00:10", later(1)) == 10
    assert told(3, "00:00:30", later(2)) == 30
    assert told(2, "00:00:20", later(3)) == 30, "late"
    assert told(4, "00:00:05", later(4)) == 35, "opened anew from the list"


def test_attempts_open_again_after_days():
    room, package = a_class_with()
    first = open_package(room.enrolment, package, by=room.learner, at=later(0))
    second = open_package(room.enrolment, package, by=room.learner, at=later(0) + timedelta(days=3))
    assert first.attempt == second.attempt
    assert (first.number, second.number) == (1, 2)
