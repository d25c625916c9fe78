"""Bring the catalogues up to date: collect the screen texts, fill in given translations, compile.

    python scripts/translate.py [GLOSSARY.json ...]

A glossary maps an English text to its Portuguese (a list of two for singular and plural). Texts with a context
(``pgettext``) stand apart, under the context: {"state of an action": {"done": "concluída"}}. Texts that stay without
translation are listed and make the command fail.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]


def collect() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    command = [
        str(Path(sys.executable).parent / "trama"), "makemessages", "-l", "pt_BR", "-l", "en",
        "--no-location", "--no-wrap", "--no-obsolete", "-e", "html,txt,py",
        *(f"--ignore={name}" for name in (".venv", ".tools", "tests", "var", "benchmarks", "scripts")),
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


type Texts = dict[str, str | list[str]]
type Glossary = dict[str, str | list[str] | Texts]


def given_for(entry: polib.POEntry, glossary: Glossary) -> str | list[str] | None:
    """The translation of an entry: one with a context from under its context, any other from the top."""
    if entry.msgctxt:
        texts = glossary.get(entry.msgctxt)
        return texts.get(entry.msgid) if isinstance(texts, dict) else None
    found = glossary.get(entry.msgid)
    return None if isinstance(found, dict) else found


def fill(path: Path, glossary: Glossary) -> list[str]:
    """Write the translations of the glossary into a catalogue; return the texts still without one."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    missing = []
    for entry in catalogue:
        given = given_for(entry, glossary)
        if given is not None and (not entry.translated() or entry.fuzzy):
            if entry.msgid_plural:
                forms = given if isinstance(given, list) else [given, given]
                entry.msgstr_plural = {0: forms[0], 1: forms[1], **({2: forms[1]} if 2 in entry.msgstr_plural else {})}
            else:
                entry.msgstr = given if isinstance(given, str) else given[0]
            entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
            entry.previous_msgid = entry.previous_msgid_plural = None
        if not entry.translated() or entry.fuzzy:
            missing.append(f"{entry.msgid} ({entry.msgctxt})" if entry.msgctxt else entry.msgid)
    catalogue.metadata.pop("POT-Creation-Date", None)
    catalogue.save(str(path))
    catalogue.save_as_mofile(str(path.with_suffix(".mo")))
    return missing


def main() -> int:
    glossary: Glossary = {}
    for name in sys.argv[1:]:
        glossary |= json.loads(Path(name).read_text())
    collect()
    missing = fill(ROOT / "locale/pt_BR/LC_MESSAGES/django.po", glossary)
    fill(ROOT / "locale/en/LC_MESSAGES/django.po", {})  # English is the language of the texts themselves
    framework = ROOT / "locale/framework/pt_BR/LC_MESSAGES/django.po"  # written by hand
    polib.pofile(str(framework)).save_as_mofile(str(framework.with_suffix(".mo")))
    for text in missing:
        print(f"without translation: {text!r}")
    print(f"{len(missing)} texts without translation")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
