"""A title is kept in both languages; releases read before keep the one they had."""

from django.db import migrations, models
from django.db.models import F


def copy_title(apps, schema_editor):
    apps.get_model("know", "Release").objects.update(title_en=F("title_pt"))


class Migration(migrations.Migration):
    dependencies = [("know", "0005_drop_doubled_indexes")]

    operations = [
        migrations.RenameField("release", "title", "title_pt"),
        migrations.AddField(
            "release",
            "title_en",
            models.CharField(default="", max_length=240, verbose_name="title in English"),
            preserve_default=False,
        ),
        migrations.RunPython(copy_title, migrations.RunPython.noop, elidable=True),
    ]
