"""The framework's tables are made in one step: an upgrade that changes them has to be noticed."""

from pathlib import Path

import pytest
import wagtail
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

HISTORIES = {
    "wagtailcore": "migrations",
    "wagtailadmin": "admin/migrations",
    "wagtailimages": "images/migrations",
    "wagtaildocs": "documents/migrations",
    "wagtailusers": "users/migrations",
    "wagtailredirects": "contrib/redirects/migrations",
}


@pytest.mark.django_db
def test_no_table_of_any_app_differs_from_its_model():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("label", HISTORIES)
def test_our_one_step_stands_for_every_step_of_the_framework(label: str):
    """A database that went through the framework's own history is taken as it is; a new step there fails here."""
    folder = Path(wagtail.__file__).parent / HISTORIES[label]
    theirs = {path.stem for path in folder.glob("0*.py")}
    loader = MigrationLoader(None)
    ours = [migration for (app, _name), migration in loader.disk_migrations.items() if app == label]
    replaced = {name for migration in ours for _app, name in migration.replaces}
    assert theirs - replaced == set()
    assert set(settings.MIGRATION_MODULES) == set(HISTORIES)


@pytest.mark.django_db
def test_every_column_of_the_models_is_in_the_database():
    """What was made in one step is what was asked for, indexes and unique keys included."""
    with connection.cursor() as cursor:
        for label in (*HISTORIES, "portal"):
            for model in apps.get_app_config(label).get_models():
                table = model._meta.db_table
                columns = {one.name for one in connection.introspection.get_table_description(cursor, table)}
                assert {field.column for field in model._meta.local_concrete_fields} <= columns, table
                found = connection.introspection.get_constraints(cursor, table)
                named = {one.name for one in (*model._meta.indexes, *model._meta.constraints)}
                assert named <= set(found), table
                for together in model._meta.unique_together:
                    wanted = [model._meta.get_field(name).column for name in together]
                    assert any(one["unique"] and one["columns"] == wanted for one in found.values()), (table, wanted)
