"""What happened to an enrolment and who held a seat are only added to."""

from django.db import migrations

from trama.learn.cohorts.freezing import GUARDS


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def free(apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0003_cohorts")]
    operations = [migrations.RunPython(guard, free)]
