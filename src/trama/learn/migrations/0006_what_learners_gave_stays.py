"""What learners gave, decisions on their work and what certificates state never change."""

from django.db import migrations

from trama.learn.assignments.freezing import GUARDS as WORK
from trama.learn.certificates.freezing import GUARDS as CERTIFICATES
from trama.learn.progress.freezing import GUARDS as PROGRESS

ALL = (PROGRESS, WORK, CERTIFICATES)


def guard(apps, schema_editor):
    for guards in ALL:
        guards.install(schema_editor.connection)


def free(apps, schema_editor):
    for guards in ALL:
        guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0005_progress_work_certificates")]
    operations = [migrations.RunPython(guard, free)]
