"""What the database guards: reminders and messages that went out stay as they were."""

from trama.foundation.guards import Guards, append_only

GUARDS = Guards(
    ("learn", "0041_what_was_said_together_stays"),
    *append_only(
        "learn_nudge", "learn_cohortmessage", "learn_cohortmessageto", "learn_extraattempt",
        message="what was sent or given to a learner is only added to",
    ),
)  # fmt: skip
