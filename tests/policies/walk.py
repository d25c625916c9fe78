"""Every address of the site, as the URL resolver knows it."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import load_command_class
from django.urls import URLPattern, get_resolver

import trama
from trama.foundation import policies


@dataclass(frozen=True)
class Route:
    """One address. ``name`` is what ``reverse`` takes; "" where nobody named it."""

    path: str
    name: str
    callback: Any

    @property
    def policy(self) -> policies.Policy | None:
        return policies.policy_of_route(self.callback, self.name)


EDITOR = "cms/"  # some two hundred addresses of the site's editor, all behind one policy: asked as one here
# (tests/portal/editors/test_doors.py goes through them)


def routes(patterns: Any = None, prefix: str = "", namespaces: tuple[str, ...] = ()) -> Iterator[Route]:
    """Walk the resolver, or the given patterns, leaf by leaf."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if path == EDITOR:
            yield Route(path, "wagtailadmin_home", pattern.url_patterns[0].callback)
        elif isinstance(pattern, URLPattern):
            yield Route(path, ":".join([*namespaces, pattern.name]) if pattern.name else "", pattern.callback)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from routes(pattern.url_patterns, path, inner)


def undeclared(patterns: Any = None) -> list[str]:
    """Addresses without a policy."""
    return [route.path for route in routes(patterns) if route.policy is None]


def route_policies() -> list[policies.Policy]:
    """The policies that stand on addresses."""
    return [route.policy for route in routes() if route.policy is not None]


def own_commands() -> dict[str, Any]:
    """Management commands of our apps, by name."""
    found = {}
    for config in apps.get_app_configs():
        folder = Path(config.path) / "management" / "commands"
        if config.name.startswith("trama.") and folder.is_dir():
            for module in pkgutil.iter_modules([str(folder)]):
                if not module.name.startswith("_"):
                    found[module.name] = load_command_class(config.name, module.name)
    return found


def source_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def uses_of(policy: policies.Policy) -> int:
    """How often the source of the site names the constant that holds an operation's policy, beside declaring it."""
    root = Path(inspect.getfile(trama)).parent
    names = set()
    for module in _policy_modules(root):
        names |= {name for name, value in vars(module).items() if value is policy}
    text = "\n".join(source_of(path) for path in root.rglob("*.py"))
    return max((text.count(name) - 1 for name in names), default=0)


def _policy_modules(root: Path) -> Iterator[Any]:
    for path in root.rglob("*.py"):
        if ("declare(" in source_of(path) and path.name != "policies.py") or path.name == "policies.py":
            yield importlib.import_module(".".join(path.relative_to(root.parent).with_suffix("").parts))
