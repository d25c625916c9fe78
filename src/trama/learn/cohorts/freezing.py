"""What the database guards of cohorts: what happened to an enrolment and who held a seat are only added to."""

from trama.foundation.guards import Guards, append_only

GUARDS = Guards(
    ("learn", "0004_history_of_cohorts_is_only_added_to"),
    *append_only("learn_enrolmentchange", "learn_pairseat", message="the history of a cohort is only added to"),
)
