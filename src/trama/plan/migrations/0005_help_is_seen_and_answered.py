"""Requests for help say since when they wait, and when they were seen and answered; read from the messages so far."""

from django.db import migrations, models


def read_from_messages(apps, schema_editor):
    HelpRequest = apps.get_model("plan", "HelpRequest")
    for request in HelpRequest.objects.prefetch_related("messages"):
        request.waits_since = request.asked_at
        for message in sorted(request.messages.all(), key=lambda one: (one.at, one.pk)):
            if not message.from_owner:
                request.waits_since, request.answered_at = None, message.at
                request.seen_at = request.seen_at or message.at
            elif request.answered_at is not None:
                request.waits_since, request.answered_at, request.seen_at = message.at, None, None
        request.save(update_fields=["waits_since", "seen_at", "answered_at"])


class Migration(migrations.Migration):
    dependencies = [("plan", "0004_history_of_adoptions_is_only_added_to")]
    operations = [
        migrations.AddField(
            "helprequest", "waits_since", models.DateTimeField(blank=True, null=True, verbose_name="waits since")
        ),
        migrations.AddField(
            "helprequest", "seen_at", models.DateTimeField(blank=True, null=True, verbose_name="seen at")
        ),
        migrations.AddField(
            "helprequest", "answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")
        ),
        migrations.RunPython(read_from_messages, migrations.RunPython.noop),
        migrations.AddConstraint(
            "helprequest",
            models.CheckConstraint(
                name="request_for_help_waits_or_was_answered",
                condition=models.Q(waits_since__isnull=False, answered_at__isnull=True)
                | models.Q(waits_since__isnull=True, answered_at__isnull=False),
            ),
        ),
    ]
