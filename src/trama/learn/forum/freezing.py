"""What the database guards of forums: a text that was replaced stays as it was."""

from trama.foundation.guards import Guards, append_only

GUARDS = Guards(
    ("learn", "0041_what_was_said_together_stays"),
    *append_only("learn_forumposttext", message="an earlier text of a post is only added"),
)
