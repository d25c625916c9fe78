"""What a submitted or cancelled round holds never changes: triggers on both databases refuse it, whoever writes."""

from django.db import migrations

from trama.diagnose.rounds.freezing import install_triggers, remove_triggers


class Migration(migrations.Migration):
    dependencies = [("diagnose", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: install_triggers(schema_editor.connection),
            lambda apps, schema_editor: remove_triggers(schema_editor.connection),
        )
    ]
