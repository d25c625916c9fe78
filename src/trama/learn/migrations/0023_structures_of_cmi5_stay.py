"""A course structure never changes."""

from django.db import migrations

from trama.learn.cmi5.freezing import GUARDS


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def free(apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0022_cmi5")]
    operations = [migrations.RunPython(guard, free)]
