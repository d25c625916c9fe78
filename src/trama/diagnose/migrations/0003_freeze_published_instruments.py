"""A published version of an instrument never changes: triggers on both databases refuse it, whoever writes."""

from django.db import migrations

from trama.diagnose.instruments.freezing import install_triggers, remove_triggers


class Migration(migrations.Migration):
    dependencies = [("diagnose", "0002_freeze_submitted_rounds")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: install_triggers(schema_editor.connection),
            lambda apps, schema_editor: remove_triggers(schema_editor.connection),
        )
    ]
