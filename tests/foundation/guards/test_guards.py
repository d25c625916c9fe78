"""Guards: what the database itself refuses, how it is declared, laid, lost and laid again."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate

from trama.foundation.audit import record_event
from trama.foundation.audit.triggers import GUARDS as TRAIL
from trama.foundation.guards import (
    FrozenRow,
    Guards,
    Parent,
    append_only,
    frozen_parts,
    lifted,
    register_guards,
    standing_guards,
    wrong_guards,
)
from trama.foundation.guards import standing as register

pytestmark = pytest.mark.django_db
ON_SQLITE = connection.vendor == "sqlite"
FIRST = ("foundation", "0001_initial")
SAMPLE = Guards(
    FIRST,
    FrozenRow(
        "sample_rule", "frozen", "A rule's end: it never changes.", frozen="OLD.state <> 'draft'",
        refused="{changed} OR NEW.state = 'draft'", may_change=("state",),
    ),
    *frozen_parts(Parent("sample_rule", "{row}.state <> 'draft'", held=True), {"sample_line": "{row}.rule_id"},
                  message="It never changes: 100% of its lines."),
    *append_only("sample_note", message="Notes are only added."),
)  # fmt: skip


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def refused(statement: str, words: str) -> None:
    with pytest.raises(IntegrityError, match=words):
        run(statement)


@pytest.fixture
def sample(db: None) -> None:
    """A draft rule 1 and a published rule 2, with a line each, and a note."""
    for statement in (
        "CREATE TABLE sample_rule (id integer PRIMARY KEY, title text, state text NOT NULL)",
        "CREATE TABLE sample_line (id integer PRIMARY KEY, rule_id integer, words text)",
        "CREATE TABLE sample_note (id integer PRIMARY KEY, words text)",
        "INSERT INTO sample_rule VALUES (1, 'one', 'draft'), (2, NULL, 'published')",
        "INSERT INTO sample_line VALUES (1, 1, 'of one'), (2, 2, 'of two')",
        "INSERT INTO sample_note VALUES (1, 'first')",
    ):
        run(statement)
    SAMPLE.install(connection)


def test_rows_are_added_and_neither_changed_nor_deleted(sample):
    run("INSERT INTO sample_note VALUES (2, 'second')")
    for statement in ("UPDATE sample_note SET words = 'x'", "DELETE FROM sample_note WHERE id = 1"):
        refused(statement, "only added")
    if not ON_SQLITE:
        refused("TRUNCATE sample_note", "only added")


def test_a_frozen_row_keeps_all_but_what_it_may_change(sample):
    run("UPDATE sample_rule SET title = 'uno' WHERE id = 1")
    run("UPDATE sample_rule SET state = 'retired' WHERE id = 2")
    for change in ("title = 'x'", "id = 7", "state = 'draft'", "title = 'x', state = 'published'"):
        refused(f"UPDATE sample_rule SET {change} WHERE id = 2", "rule's end")
    refused("DELETE FROM sample_rule WHERE id = 2", "rule's end")
    run("DELETE FROM sample_rule WHERE id = 1")


def test_a_column_that_comes_later_is_frozen_too(sample):
    run("ALTER TABLE sample_rule ADD COLUMN weight integer")
    run("UPDATE sample_rule SET weight = 1 WHERE id = 2")  # not yet: no migration has ended since
    SAMPLE.install(connection)
    refused("UPDATE sample_rule SET weight = 2 WHERE id = 2", "rule's end")
    run("UPDATE sample_rule SET weight = 2 WHERE id = 1")


def test_a_part_is_frozen_with_its_parent_and_is_not_moved_in_or_out_either(sample):
    run("INSERT INTO sample_line VALUES (3, 1, 'of one'), (4, 9, 'of none')")
    run("UPDATE sample_line SET words = 'x' WHERE id = 1")
    for statement in (
        "INSERT INTO sample_line VALUES (5, 2, 'more')",
        "UPDATE sample_line SET words = 'x' WHERE id = 2",
        "UPDATE sample_line SET rule_id = 1 WHERE id = 2",
        "UPDATE sample_line SET rule_id = 2 WHERE id = 1",
        "DELETE FROM sample_line WHERE id = 2",
    ):
        refused(statement, "100% of its lines")
    run("DELETE FROM sample_line WHERE id <> 2")


def test_without_its_guards_the_database_lets_everything_happen(sample):
    SAMPLE.remove(connection)  # the negative control of all above
    for statement in (
        "UPDATE sample_note SET words = 'x'",
        "DELETE FROM sample_rule",
        "UPDATE sample_line SET rule_id = 2",
    ):
        run(statement)


# --- in the register ------------------------------------------------------------------------------------------------


def test_every_guard_of_the_site_stands_after_the_migrations():
    names = {guard.full_name for guard in standing_guards(connection)}
    assert {"foundation_event_append_only", "plan_adoptionchange_append_only", "diagnose_answer_frozen",
            "diagnose_instrumentversion_frozen", "diagnose_prioritylist_signed", "plan_planchange_append_only",
            "plan_technologyversion_frozen", "programme_ruleversion_frozen", "programme_conditiongroup_frozen",
            "programme_condition_frozen"} <= names  # fmt: skip
    assert wrong_guards(connection) == []


def _end_a_migration() -> None:
    config = apps.get_app_config("foundation")
    post_migrate.send(sender=config, app_config=config, using="default", verbosity=0, interactive=False)


LOST = {
    "taken away": lambda: TRAIL.remove(connection),
    "of other words": lambda: (
        [run("DROP TRIGGER foundation_event_append_only_delete"),
         run("CREATE TRIGGER foundation_event_append_only_delete BEFORE DELETE ON foundation_event WHEN FALSE"
             " BEGIN SELECT RAISE(ABORT, 'no'); END")]
        if ON_SQLITE
        else run("CREATE OR REPLACE FUNCTION foundation_event_append_only() RETURNS trigger LANGUAGE plpgsql"
                 " AS $$ BEGIN RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$")
    ),
    "of fewer operations": lambda: run(
        "DROP TRIGGER foundation_event_append_only_delete" if ON_SQLITE
        else "CREATE OR REPLACE TRIGGER foundation_event_append_only BEFORE UPDATE ON foundation_event FOR EACH ROW"
        " EXECUTE FUNCTION foundation_event_append_only()"
    ),
    "switched off": lambda: run(
        "DROP TRIGGER foundation_event_append_only_delete" if ON_SQLITE  # which knows no switching off
        else "ALTER TABLE foundation_event DISABLE TRIGGER foundation_event_append_only"
    ),
}  # fmt: skip


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST.keys())
def test_a_guard_that_is_lost_or_altered_is_told_and_the_next_migration_lays_it_again(lost: Any):
    lost()
    assert any(name.startswith("foundation_event_append_only") for name in wrong_guards(connection))
    run("DELETE FROM foundation_event")
    _end_a_migration()
    assert wrong_guards(connection) == []
    record_event("one act", by=None, at=datetime(2026, 11, 22, tzinfo=UTC))
    refused("DELETE FROM foundation_event", "append-only")


def test_guards_stand_only_where_the_database_has_come_to_their_migration():
    MigrationRecorder(connection).record_unapplied("plan", "0004_history_of_adoptions_is_only_added_to")
    names = {guard.full_name for guard in standing_guards(connection)}
    assert "plan_adoptionchange_append_only" not in names
    assert "plan_planchange_append_only" in names


def test_lifted_for_a_moment_they_are_all_back_even_after_an_error():
    with lifted(connection):
        assert len(wrong_guards(connection)) >= len(standing_guards(connection))
    assert wrong_guards(connection) == []
    with pytest.raises(ZeroDivisionError), lifted(connection):
        raise ZeroDivisionError
    assert wrong_guards(connection) == []


def test_a_name_is_given_once_and_is_not_too_long(monkeypatch):
    monkeypatch.setattr(register, "_register", [TRAIL])
    register_guards(TRAIL)
    assert register._register == [TRAIL]
    with pytest.raises(ImproperlyConfigured, match="foundation_event_append_only"):
        register_guards(Guards(FIRST, *append_only("foundation_event", message="Twice.")))
    with pytest.raises(ValueError, match="at most 63 characters"):
        append_only("a_table_with_a_name_that_goes_on_and_on_and_on", message="Too long.")


# --- and the schema goes on ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "altered",
    [
        "diagnose.Round.state",
        "diagnose.Answer.level",
        "diagnose.InstrumentVersion.title_pt",
        "programme.RuleVersion.number",
        "programme.Condition.operator",
    ],
)
def test_a_guarded_table_and_one_that_guards_speak_of_can_be_altered(altered: str):
    """SQLite rebuilds the table for it, which takes its triggers along and stumbles over those of others."""
    app, name, column = altered.split(".")
    model = apps.get_model(app, name)
    old = model._meta.get_field(column)
    new = old.clone()
    new.null = True
    new.set_attributes_from_name(column)
    new.model = model
    for before, after in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(model, before, after)
        assert wrong_guards(connection) == []
