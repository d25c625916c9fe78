"""The database refuses to change or delete audit rows."""

from django.db import migrations

from trama.foundation.audit.triggers import install_triggers, remove_triggers


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: install_triggers(schema_editor.connection),
            lambda apps, schema_editor: remove_triggers(schema_editor.connection),
        )
    ]
