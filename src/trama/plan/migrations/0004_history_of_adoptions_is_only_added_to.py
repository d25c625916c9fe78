"""The history of adoptions is only added to. The guard of the history of plans takes the names that all guards have."""

from django.db import migrations

from trama.plan.adoptions import append_only as adoptions
from trama.plan.strategy import append_only as plans

RETIRED = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS plan_planchange_no_update",
        "DROP TRIGGER IF EXISTS plan_planchange_no_delete",
    ),
    "postgresql": ("DROP FUNCTION IF EXISTS plan_refuse_change()",),
}


def guard(apps, schema_editor):
    adoptions.GUARDS.install(schema_editor.connection)
    plans.GUARDS.install(schema_editor.connection)
    for statement in RETIRED[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def free(apps, schema_editor):
    adoptions.GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("plan", "0003_history_is_only_added_to")]
    operations = [migrations.RunPython(guard, free)]
