"""Packages that were sent, and what they gave, are only added to; those of a published version are frozen."""

from django.db import migrations

from trama.learn.packages.freezing import GUARDS


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def free(apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0010_packages")]
    operations = [migrations.RunPython(guard, free)]
