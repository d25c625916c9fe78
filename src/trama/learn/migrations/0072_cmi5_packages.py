"""Packages of cmi5 have their structure; an attempt at one is a registration, so a person may have several."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learn", "0071_videos_and_files_stay_as_they_are")]

    operations = [
        migrations.CreateModel(
            name="PackageStructure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "course",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="package", to="learn.cmi5course"
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="structure", to="learn.packagefile"
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="cmi5registration", name="one_registration_per_cmi5_course_and_person"
        ),
        migrations.AddField(
            model_name="packageattempt",
            name="registration",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempt",
                to="learn.cmi5registration",
            ),
        ),
    ]
