"""A signed list of priorities never changes, and what was signed is kept: triggers on both databases refuse it."""

from django.db import migrations

from trama.diagnose.priorities.freezing import install_triggers, remove_triggers


class Migration(migrations.Migration):
    dependencies = [("diagnose", "0003_freeze_published_instruments")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: install_triggers(schema_editor.connection),
            lambda apps, schema_editor: remove_triggers(schema_editor.connection),
        )
    ]
