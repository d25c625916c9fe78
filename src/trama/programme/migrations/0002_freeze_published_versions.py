"""A published version of a rule never changes: triggers on both databases refuse it, whoever writes."""

from django.db import migrations

FROZEN = "a published version of an eligibility rule never changes"
PARTS = ("programme_conditiongroup", "programme_condition")
PARTS_ROWS = (("INSERT", "NEW.version_id"), ("UPDATE", "OLD.version_id, NEW.version_id"), ("DELETE", "OLD.version_id"))

SQLITE_DROP = "DROP TRIGGER IF EXISTS {name}"
SQLITE_VERSION = """
CREATE TRIGGER programme_ruleversion_frozen_{verb} BEFORE {verb} ON programme_ruleversion
WHEN OLD.published_at IS NOT NULL BEGIN SELECT RAISE(ABORT, '{message}'); END
"""
SQLITE_PART = """
CREATE TRIGGER {table}_frozen_{verb} BEFORE {verb} ON {table}
WHEN EXISTS (SELECT 1 FROM programme_ruleversion WHERE id IN ({rows}) AND published_at IS NOT NULL)
BEGIN SELECT RAISE(ABORT, '{message}'); END
"""

POSTGRES_FUNCTIONS = f"""
CREATE FUNCTION programme_refuse_frozen_version() RETURNS trigger AS $$
BEGIN
  IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION '{FROZEN}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$ LANGUAGE plpgsql;
CREATE FUNCTION programme_refuse_frozen_part() RETURNS trigger AS $$
BEGIN
  IF (TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM programme_ruleversion WHERE id = OLD.version_id AND published_at IS NOT NULL))
     OR (TG_OP <> 'DELETE' AND EXISTS (
        SELECT 1 FROM programme_ruleversion WHERE id = NEW.version_id AND published_at IS NOT NULL)) THEN
    RAISE EXCEPTION '{FROZEN}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER programme_ruleversion_frozen BEFORE UPDATE OR DELETE ON programme_ruleversion
  FOR EACH ROW EXECUTE FUNCTION programme_refuse_frozen_version();
""" + "".join(
    f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION programme_refuse_frozen_part();\n"
    for table in PARTS
)
POSTGRES_REVERSE = "".join(
    f"DROP TRIGGER {table}_frozen ON {table};\n" for table in ("programme_ruleversion", *PARTS)
) + "DROP FUNCTION programme_refuse_frozen_part(); DROP FUNCTION programme_refuse_frozen_version();"


def freeze(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTIONS, params=None)
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(SQLITE_VERSION.format(verb=verb, message=FROZEN))
    for table in PARTS:
        for verb, rows in PARTS_ROWS:
            schema_editor.execute(SQLITE_PART.format(table=table, verb=verb, rows=rows, message=FROZEN))


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_REVERSE, params=None)
        return
    names = [f"programme_ruleversion_frozen_{verb}" for verb in ("UPDATE", "DELETE")]
    names += [f"{table}_frozen_{verb}" for table in PARTS for verb in ("INSERT", "UPDATE", "DELETE")]
    for name in names:
        schema_editor.execute(SQLITE_DROP.format(name=name))


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_calls_and_rules")]
    operations = [migrations.RunPython(freeze, thaw)]
