"""What peers, trainers and forums said never changes."""

from django.db import migrations

from trama.learn.assignments.peer_freezing import GUARDS as PEERS
from trama.learn.following.freezing import GUARDS as FOLLOWING
from trama.learn.forum.freezing import GUARDS as FORUM

ALL = (PEERS, FOLLOWING, FORUM)


def guard(apps, schema_editor):
    for guards in ALL:
        guards.install(schema_editor.connection)


def free(apps, schema_editor):
    for guards in ALL:
        guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("learn", "0040_learning_together")]
    operations = [migrations.RunPython(guard, free)]
