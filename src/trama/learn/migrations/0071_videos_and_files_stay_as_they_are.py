"""Files that were sent are only added to; videos and files of a published version are frozen."""

from django.db import migrations

from trama.learn.media.freezing import GUARDS


def guard(apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def free(apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0070_videos_and_files")]
    operations = [migrations.RunPython(guard, free)]
