"""A statement never changes."""

from django.db import migrations

from trama.learn.statements.freezing import GUARDS


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def free(apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0020_statements")]
    operations = [migrations.RunPython(guard, free)]
