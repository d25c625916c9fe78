"""The history of plans is only added to: triggers on both databases refuse anything else, whoever writes."""

from django.db import migrations

from trama.plan.strategy.append_only import install_triggers, remove_triggers


class Migration(migrations.Migration):
    dependencies = [("plan", "0002_freeze_sealed_technologies")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: install_triggers(schema_editor.connection),
            lambda apps, schema_editor: remove_triggers(schema_editor.connection),
        )
    ]
