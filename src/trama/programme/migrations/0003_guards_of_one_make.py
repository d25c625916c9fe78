"""The guards of rules are laid by the foundation: the functions they had retire."""

from django.db import migrations

from trama.programme.eligibility.freezing import GUARDS

RETIRED = ("programme_refuse_frozen_version", "programme_refuse_frozen_part")


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)
    if schema_editor.connection.vendor == "postgresql":
        for name in RETIRED:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):
    dependencies = [("programme", "0002_freeze_published_versions")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
