"""The guard of the audit trail takes the names that all guards have."""

from django.db import migrations

from trama.foundation.audit.triggers import GUARDS

RETIRED = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS foundation_event_no_update",
        "DROP TRIGGER IF EXISTS foundation_event_no_delete",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS foundation_event_no_change ON foundation_event",
        "DROP TRIGGER IF EXISTS foundation_event_no_truncate ON foundation_event",
        "DROP FUNCTION IF EXISTS foundation_event_is_append_only()",
    ),
}


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)
    for statement in RETIRED[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("foundation", "0004_daily_work")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
