"""Which way the arrows point: imports, foreign keys and templates."""

import configparser
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "trama"
PHASES = (
    "foundation", "know", "accounts", "programme", "diagnose", "plan", "learn", "collaborate", "monitor", "manage",
    "evaluate", "portal", "rest_api",
)  # fmt: skip
ORDER = {phase: place for place, phase in enumerate(PHASES)} | {"rest_api": PHASES.index("portal")}


def lint(config: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", str(config)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_the_import_contracts_hold():
    answer = lint(ROOT / ".importlinter")
    assert answer.returncode == 0, answer.stdout


def test_the_contracts_can_tell(tmp_path: Path):
    """The control: with two phases exchanged, the same tool complains."""
    text = (ROOT / ".importlinter").read_text()
    turned = tmp_path / ".importlinter"
    turned.write_text(text.replace("    know\n    foundation", "    foundation\n    know"))
    answer = lint(turned)
    assert answer.returncode == 1
    assert "trama.know" in answer.stdout


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return parser


def test_no_import_is_ignored():
    assert "ignore" not in re.sub(r"^#.*", "", (ROOT / ".importlinter").read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize("phase", ["know", "accounts", "programme"])
def test_everything_of_a_phase_but_its_door_is_behind_the_door(phase: str):
    listed = contracts()[f"importlinter:contract:door-of-{phase}"]["protected_modules"].split()
    inside = {
        f"trama.{phase}.{path.stem}"
        for path in (SOURCE / phase).iterdir()
        if (path.suffix == ".py" and path.stem not in {"__init__", "api"}) or (path / "__init__.py").exists()
    }
    assert set(listed) == inside - {f"trama.{phase}.migrations"}


def test_every_phase_that_others_may_use_has_a_door_contract():
    existing = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()} - {"foundation"}
    with_a_door = {name.rpartition("-")[2] for name in contracts().sections() if "door-of-" in name}
    assert existing <= with_a_door
    assert existing <= set(PHASES)


# Foreign keys


def test_foreign_keys_point_to_the_same_or_an_earlier_phase():
    """Links to ``settings.AUTH_USER_MODEL`` count as links to the framework: any phase may say who did something."""
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ORDER
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        and field.related_model._meta.label != settings.AUTH_USER_MODEL
        and ORDER.get(field.related_model._meta.app_label, -1) > ORDER[model._meta.app_label]
    ]  # fmt: skip
    assert wrong == []


def test_no_relation_gives_an_earlier_phase_a_new_attribute():
    """``related_name="+"`` across phases: an earlier model does not learn of a later one."""
    wrong = [
        f"{model._meta.label}.{field.name}: related_name={field.remote_field.related_name!r}"
        for model in apps.get_models()
        if model._meta.app_label in ORDER
        for field in model._meta.local_fields
        if field.is_relation and field.related_model._meta.app_label in ORDER
        and field.related_model._meta.app_label != model._meta.app_label
        and not (field.remote_field.related_name or "").endswith("+")
        and not of_the_cms(model, field.name)
    ]  # fmt: skip
    assert wrong == []


def of_the_cms(model: type[Model], name: str) -> bool:
    """Whether a field comes from the framework of the public site: who wrote a page, as any phase may say."""
    bases = [base for base in model.__mro__ if base.__module__.startswith("wagtail.") and hasattr(base, "_meta")]
    return any(name in {field.name for field in base._meta.get_fields()} for base in bases)


# Templates

LINK = re.compile(r"""\{%\s*(url|extends|include|static)\s+["']([^"']+)["']""")


def templates() -> Iterator[tuple[str, Path]]:
    """(phase, file) of every template of ours."""
    for path in sorted(SOURCE.glob("*/templates/**/*")):
        if path.is_file():
            yield path.relative_to(SOURCE).parts[0], path


def phase_of_address(name: str) -> str:
    """The phase that answers a named address; "" if it is not one of ours."""
    namespace = name.partition(":")[0] if ":" in name else ""
    return namespace if namespace in ORDER else _phases_of_plain_names().get(name, "")


def _phases_of_plain_names() -> dict[str, str]:
    found: dict[str, str] = {}

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif pattern.name and (module := pattern.callback.__module__).startswith("trama."):
                found[pattern.name] = module.split(".")[1]

    walk(get_resolver().url_patterns)
    return found


def phase_of_template(name: str) -> str:
    path = Path(str(get_template(name).origin.name))  # type: ignore[attr-defined]
    return path.relative_to(SOURCE).parts[0] if path.is_relative_to(SOURCE) else ""


def test_template_links_point_to_the_same_or_an_earlier_phase():
    wrong = []
    for phase, path in templates():
        for kind, name in LINK.findall(path.read_text(encoding="utf-8")):
            if kind == "url":
                target = phase_of_address(name)
            elif kind == "static":
                target = name.partition("/")[0]
            else:
                target = phase_of_template(name)
            if ORDER.get(target, -1) > ORDER[phase]:
                wrong.append(f"{path.relative_to(SOURCE)}: {kind} {name!r} is of {target}")
    assert wrong == []


def test_every_named_address_in_a_template_exists():
    names = {key for key in get_resolver().reverse_dict if isinstance(key, str)}

    def known(name: str, resolver: URLResolver) -> bool:
        namespace, _, rest = name.partition(":")
        if rest:
            return namespace in resolver.namespace_dict and known(rest, resolver.namespace_dict[namespace][1])
        return name in names or name in resolver.reverse_dict

    wrong = [
        f"{path.relative_to(SOURCE)}: {name}"
        for _phase, path in templates()
        for kind, name in LINK.findall(path.read_text(encoding="utf-8"))
        if kind == "url" and not known(name, get_resolver())
    ]
    assert wrong == []


INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*type=["']application/(?:json|ld\+json)["'])[^>]*>|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:""",
    re.IGNORECASE,
)


def test_no_template_carries_script_or_style_of_its_own():
    """The content security policy would block it."""
    wrong = [
        f"{path.relative_to(SOURCE)}: {found[0].strip()}"
        for _phase, path in templates()
        if path.suffix in {".html", ".svg"} and "mail" not in path.parts
        for found in INLINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    ["<script>x</script>", '<p style="color: red">', "<style>p{}</style>", '<a onclick="x()">', 'href="javascript:x"'],
)
def test_what_the_policy_would_block_is_recognised(text: str):
    assert INLINE.search(text)


def test_no_template_asks_another_host_for_anything():
    wrong = [
        f"{path.relative_to(SOURCE)}: {found}"
        for _phase, path in templates()
        for found in re.findall(
            r"""(?:src|srcset|data|action)=["']((?:https?:)?//[^"']+)""", path.read_text(encoding="utf-8")
        )
    ]
    assert wrong == []
