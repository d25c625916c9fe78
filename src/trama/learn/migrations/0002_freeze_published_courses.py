"""A published version of a course, and all that it holds, is frozen."""

from django.db import migrations

from trama.learn.courses.freezing import GUARDS


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def free(apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0001_initial")]
    operations = [migrations.RunPython(guard, free)]
