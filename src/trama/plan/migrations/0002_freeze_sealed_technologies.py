"""From the pilot on a version of a technology never changes: triggers on both databases refuse it, whoever writes.

Its state may still move forward (pilot, published, retired), and that alone.
"""

from django.db import migrations

MESSAGE = "a version of a technology in pilot, published or retired never changes"
SEALED = "('pilot', 'published', 'retired')"
VERSIONS = "plan_technologyversion"
MAY_CHANGE = ("state", "revision", "changed_at", "published_at")
# table -> the version of one of its rows, as SQL over {row}
VERSION_OF = {
    **{
        f"plan_{name}": "{row}.version_id"
        for name in (
            "technologyaudience", "technologydimension", "technologyrole", "stage", "technologyinstrument",
            "progressindicator", "risk", "adaptation",
        )
    },
    "plan_step": "(SELECT version_id FROM plan_stage WHERE id = {row}.stage_id)",
    "plan_step_instruments": "(SELECT s.version_id FROM plan_stage s JOIN plan_step t ON t.stage_id = s.id"
    " WHERE t.id = {row}.step_id)",
}
ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def _columns(apps):
    fields = apps.get_model("plan", "TechnologyVersion")._meta.local_fields
    return [field.column for field in fields if field.column not in MAY_CHANGE]


def _is_sealed(version):
    return f"EXISTS (SELECT 1 FROM {VERSIONS} WHERE id = {version} AND state IN {SEALED})"


def _changed(columns, differs):
    words = " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in columns)
    backwards = f"NEW.state NOT IN {SEALED} OR (OLD.state = 'retired' AND NEW.state <> 'retired')"
    return f"{words} OR {backwards} OR (OLD.state = 'published' AND NEW.state = 'pilot')"


def freeze(apps, schema_editor):
    changed = _changed(_columns(apps), "IS NOT" if schema_editor.connection.vendor == "sqlite" else "IS DISTINCT FROM")
    if schema_editor.connection.vendor == "postgresql":
        _freeze_postgresql(schema_editor, changed)
        return
    schema_editor.execute(
        f"CREATE TRIGGER {VERSIONS}_frozen_UPDATE BEFORE UPDATE ON {VERSIONS} WHEN OLD.state IN {SEALED}"
        f" AND ({changed}) BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {VERSIONS}_frozen_DELETE BEFORE DELETE ON {VERSIONS} WHEN OLD.state IN {SEALED}"
        f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    for table, version in VERSION_OF.items():
        for verb, rows in ROWS.items():
            sealed = " OR ".join(_is_sealed(version.format(row=row)) for row in rows)
            schema_editor.execute(
                f"CREATE TRIGGER {table}_frozen_{verb} BEFORE {verb} ON {table} WHEN {sealed}"
                f" BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def _freeze_postgresql(schema_editor, changed):
    raising = f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';"
    pieces = [
        f"""
        CREATE FUNCTION {VERSIONS}_refuse() RETURNS trigger AS $$
        BEGIN
          IF OLD.state IN {SEALED} THEN
            IF TG_OP = 'DELETE' THEN {raising} END IF;
            IF {changed} THEN {raising} END IF;
          END IF;
          RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END $$ LANGUAGE plpgsql;
        CREATE TRIGGER {VERSIONS}_frozen BEFORE UPDATE OR DELETE ON {VERSIONS}
          FOR EACH ROW EXECUTE FUNCTION {VERSIONS}_refuse();
        """
    ]
    for table, version in VERSION_OF.items():
        old, new = _is_sealed(version.format(row="OLD")), _is_sealed(version.format(row="NEW"))
        pieces.append(
            f"""
            CREATE FUNCTION {table}_refuse() RETURNS trigger AS $$
            BEGIN
              IF TG_OP <> 'INSERT' THEN IF {old} THEN {raising} END IF; END IF;
              IF TG_OP <> 'DELETE' THEN IF {new} THEN {raising} END IF; END IF;
              RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$ LANGUAGE plpgsql;
            CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table}
              FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
            """
        )
    schema_editor.execute("".join(pieces), params=None)


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        tables = [VERSIONS, *VERSION_OF]
        drops = "".join(f"DROP TRIGGER {table}_frozen ON {table}; DROP FUNCTION {table}_refuse();" for table in tables)
        schema_editor.execute(drops, params=None)
        return
    for table in (VERSIONS, *VERSION_OF):
        for verb in ROWS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen_{verb}")


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
