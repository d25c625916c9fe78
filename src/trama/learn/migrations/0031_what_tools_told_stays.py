"""What external tools told of learners is only added to; tool parts of published courses never change."""

from django.db import migrations

from trama.learn.lti.freezing import GUARDS


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def free(apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0030_external_tools")]
    operations = [migrations.RunPython(guard, free)]
