"""A published version of a rule never changes: triggers on both databases refuse it, whoever writes."""

from django.db import migrations

from trama.programme.eligibility.freezing import GUARDS


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_calls_and_rules")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: GUARDS.install(schema_editor.connection),
            lambda apps, schema_editor: GUARDS.remove(schema_editor.connection),
        )
    ]
