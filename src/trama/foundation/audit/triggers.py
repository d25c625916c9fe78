"""The database itself refuses to change or delete what the trail holds."""

from ..guards import Guards, append_only

GUARDS = Guards(
    ("foundation", "0002_append_only_audit"),
    *append_only("foundation_event", message="The audit trail is append-only."),
)
install_triggers, remove_triggers = GUARDS.install, GUARDS.remove  # as the migration calls them
