"""The guards of instruments, rounds and priorities are laid by the foundation: the functions they had retire."""

from django.db import migrations

from trama.diagnose.instruments import freezing as instruments
from trama.diagnose.priorities import freezing as priorities
from trama.diagnose.rounds import freezing as rounds

RETIRED = (
    "diagnose_refuse_frozen_version",
    "diagnose_levelmeaning_refuse_frozen",
    "diagnose_respondent_refuse_frozen",
    "diagnose_dimension_refuse_frozen",
    "diagnose_area_refuse_frozen",
    "diagnose_criterion_refuse_frozen",
    "diagnose_criterion_respondents_refuse_frozen",
    "diagnose_criterionindicator_refuse_frozen",
    "diagnose_criteriontechnology_refuse_frozen",
    "diagnose_refuse_frozen_item",
    "diagnose_refuse_frozen_round",
    "diagnose_refuse_change",
    "diagnose_refuse_signed_part",
    "diagnose_refuse_signed_list",
    "diagnose_refuse_priority_change",
)


def guard(apps, schema_editor):
    for room in (instruments, rounds, priorities):
        room.GUARDS.install(schema_editor.connection)
    if schema_editor.connection.vendor == "postgresql":
        for name in RETIRED:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")


class Migration(migrations.Migration):
    dependencies = [("diagnose", "0004_freeze_signed_priorities")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
