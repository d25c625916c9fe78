"""The database itself refuses to change or delete the history of adoptions."""

from trama.foundation.guards import Guards, append_only

GUARDS = Guards(
    ("plan", "0004_history_of_adoptions_is_only_added_to"),
    *append_only("plan_adoptionchange", message="The history of adoptions is only added to."),
)
