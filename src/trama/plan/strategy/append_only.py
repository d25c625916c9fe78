"""The database itself refuses to change or delete the history of plans."""

from trama.foundation.guards import Guards, append_only

GUARDS = Guards(
    ("plan", "0003_history_is_only_added_to"),
    *append_only("plan_planchange", message="The history of plans is only added to."),
)
install_triggers, remove_triggers = GUARDS.install, GUARDS.remove  # as the migration calls them
