"""What has to be declared is: policies, docstrings, dependencies, translations."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from trama.foundation import policies

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))


def routes(patterns: list[URLPattern | URLResolver], namespace: str = "") -> dict[str, URLPattern]:
    """Every address of the site: {name with its namespace, or the pattern where it has none: pattern}."""
    found: dict[str, URLPattern] = {}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            found |= routes(pattern.url_patterns, inner)
        else:
            found[":".join(filter(None, [namespace, pattern.name or str(pattern.pattern)]))] = pattern
    return found


def test_every_route_declares_who_may():
    undeclared = [
        name
        for name, pattern in routes(get_resolver().url_patterns).items()
        if policies.policy_of_route(pattern.callback, name) is None
    ]
    assert undeclared == []


def test_every_policy_of_a_route_is_in_the_register():
    known = {policy.name for policy in policies.all_policies()}
    used = {
        policy.name
        for name, pattern in routes(get_resolver().url_patterns).items()
        if (policy := policies.policy_of_route(pattern.callback, name)) is not None
    }
    assert used <= known
    assert len(used) > 5


def test_every_command_declares_who_may():
    ours = {name: app for name, app in get_commands().items() if isinstance(app, str) and app.startswith("trama.")}
    assert {"up", "doctor", "serve", "worker", "audit"} <= ours.keys()
    for name, app in ours.items():
        policy = getattr(load_command_class(app, name), "policy", None)
        assert isinstance(policy, policies.Policy), f"{app}: trama {name} declares no policy"
        assert policy.kind == "command", name
        assert policy in policies.all_policies(), name


def test_every_model_says_what_it_keeps():
    silent = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("trama.") and (model.__doc__ or "").startswith(f"{model.__name__}(")
    ]
    assert silent == []


def test_every_module_says_what_it_is_for():
    silent = []
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8").lstrip()
        if text and "migrations" not in path.parts and not text.startswith(('"""', 'r"""', "#!")):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_the_models_and_the_migrations_agree():
    command = [sys.executable, "-m", "config.cli", "makemigrations", "--check", "--dry-run"]
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    ours = re.findall(r"^Migrations for '(\w+)':", answer.stdout, re.MULTILINE)
    assert answer.returncode == 0, f"{ours}: {answer.stdout}{answer.stderr}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lists_of_packages_name_versions_and_hashes_and_no_host(name: str):
    lines = (ROOT / name).read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith((" ", "#", "-"))]
    assert len(packages) > 15
    assert all(re.match(r"[\w.\-\[\],]+==[\w.+!]+", line) for line in packages), "a package without an exact version"
    assert sum("--hash=sha256:" in line for line in lines) >= len(packages)
    assert not [line for line in lines if "://" in line or "index" in line or " @ " in line]


def test_every_runtime_dependency_is_in_the_locked_list():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {
        line.partition("==")[0].partition("[")[0] for line in (ROOT / "requirements.lock").read_text().splitlines()
    }
    wanted = {re.match(r"[\w.-]+", dependency)[0].lower() for dependency in project["dependencies"]}  # type: ignore[index]
    assert wanted <= locked


# Translations


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_compiled_catalogue_is_that_of_the_text(path: Path):
    compiled = path.with_suffix(".mo")
    assert compiled.exists(), f"{path.name} has not been compiled"
    wanted = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.pofile(str(path)) if e.translated()}
    found = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.mofile(str(compiled))}
    assert found == wanted


@pytest.mark.parametrize("path", [path for path in CATALOGUES if "pt_BR" in path.parts], ids=str)
def test_the_portuguese_catalogue_is_complete(path: Path):
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_no_text_hides_from_the_translators_inside_an_f_string():
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"_", "gettext", "ngettext", "pgettext"}
    ]
    assert hidden == []


PLACEHOLDER = re.compile(r"%\((\w+)\)|%[sd]|\{(\w*)\}")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_translation_keeps_the_placeholders(path: Path):
    wrong = []
    for entry in polib.pofile(str(path)):
        texts = [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()] or [(entry.msgid, entry.msgstr)]
        if entry.msgid_plural:
            texts[0] = (entry.msgid, entry.msgstr_plural[0])  # "the only member" names no number, nor need it
        wrong += [
            entry.msgid
            for source, text in texts
            if text and sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(source))
        ]
    assert wrong == []


def test_the_registered_policies_can_be_read_aloud():
    """phase.room.verb: what the page that lists them shows, and what an audit asks for."""
    importlib.import_module("config.urls")
    wrong = [p.name for p in policies.all_policies() if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", p.name)]
    assert wrong == []


def test_texts_are_marked_by_names_that_the_collector_knows():
    """``_`` and the plain names of gettext: a text behind another name is never collected, so never translated."""
    renamed = re.compile(r"import \w*gettext\w* as (?!_\b)\w+")
    wrong = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in (ROOT / "src").rglob("*.py")
        for found in renamed.finditer(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []
