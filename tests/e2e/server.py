"""The database and the server of the end-to-end tests: real processes, on their own files and a free port."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
SETTINGS = "config.settings.embedded"
MUNICIPALITY = "kind = 'municipality'"
_UUID = (
    "substr({0}, 1, 8) || '-' || substr({0}, 9, 4) || '-' || substr({0}, 13, 4) || '-' || substr({0}, 17, 4)"
    " || '-' || substr({0}, 21)"
)
FACTS = {
    # Each takes the row with most figures, so that the page shown is a full one.
    "state": "SELECT code FROM know_place WHERE kind = 'state' ORDER BY"
    " (SELECT count(*) FROM know_place m WHERE m.state_code = know_place.code AND m.kind = 'municipality') DESC, code",
    "municipality": "SELECT p.code FROM know_place p JOIN know_observation o ON o.place_id = p.code"
    " WHERE p.kind = 'municipality' GROUP BY p.code ORDER BY count(*) DESC, p.code",
    "school": "SELECT p.code FROM know_place p JOIN know_observation o ON o.place_id = p.code"
    " WHERE p.kind = 'school' GROUP BY p.code ORDER BY count(*) DESC, p.code",
    "network": "SELECT n.id FROM know_teachingnetwork n JOIN know_observation o ON o.place_id = n.place_id"
    " WHERE n.dependency = 'municipal' GROUP BY n.id ORDER BY count(*) DESC, n.id",
    "group": "SELECT slug FROM know_networkgroup ORDER BY id",
    "indicator": "SELECT code FROM know_indicator WHERE code = 'ideb'",
    "release": "SELECT id FROM know_release WHERE state = 'published' ORDER BY id",
    "call": "SELECT slug FROM programme_call WHERE state <> 'draft' ORDER BY id",
    "instrument": "SELECT i.slug FROM diagnose_instrument i JOIN diagnose_instrumentversion v ON v.instrument_id = i.id"
    " WHERE v.state = 'published' ORDER BY i.slug <> 'territorio', i.id",
    "criterion": "SELECT c.key FROM diagnose_criterion c JOIN diagnose_instrumentversion v ON v.id = c.version_id"
    " JOIN diagnose_instrument i ON i.id = v.instrument_id WHERE v.state = 'published'"
    " ORDER BY i.slug <> 'territorio', i.id, c.position",
    # What things.py made.
    "adoption": "SELECT substr(uid, 1, 8) || '-' || substr(uid, 9, 4) || '-' || substr(uid, 13, 4) || '-' ||"
    " substr(uid, 17, 4) || '-' || substr(uid, 21) FROM plan_adoption WHERE state = 'active' ORDER BY id",
    "adoption_step": "SELECT substr(s.uid, 1, 8) || '-' || substr(s.uid, 9, 4) || '-' || substr(s.uid, 13, 4) || '-' ||"
    " substr(s.uid, 17, 4) || '-' || substr(s.uid, 21) FROM plan_adoptionstep s"
    " JOIN plan_adoption a ON a.id = s.adoption_id WHERE a.state = 'active' ORDER BY a.id, s.id",
    "help_request": "SELECT substr(uid, 1, 8) || '-' || substr(uid, 9, 4) || '-' || substr(uid, 13, 4) || '-' ||"
    " substr(uid, 17, 4) || '-' || substr(uid, 21) FROM plan_helprequest ORDER BY id",
    "draft_tool": "SELECT p.id FROM learn_part p JOIN learn_module m ON m.id = p.module_id"
    " JOIN learn_courseversion v ON v.id = m.version_id WHERE v.state = 'draft' AND p.kind = 'tool' ORDER BY 1",
    "lti_tool": f"SELECT {_UUID.format('uid')} FROM learn_tool ORDER BY id",
    "lti_platform": f"SELECT {_UUID.format('uid')} FROM learn_platform ORDER BY id",
    "lti_class": f"SELECT {_UUID.format('uid')} FROM learn_platformlaunch ORDER BY id",
    "instrument_draft": "SELECT id FROM diagnose_instrumentversion WHERE state = 'draft' ORDER BY id",
    **{
        f"draft_{name}": f"SELECT t.{key} FROM learn_{name if name != 'criterion' else 'rubriccriterion'} t"
        f" JOIN learn_part p ON p.id = t.{part} JOIN learn_module m ON m.id = p.module_id"
        " JOIN learn_courseversion v ON v.id = m.version_id WHERE v.state = 'draft' ORDER BY 1"
        for name, key, part in (
            ("lesson", "part_ptr_id", "part_ptr_id"),
            ("package", "part_ptr_id", "part_ptr_id"),
            ("question", "id", "quiz_id"),
            ("criterion", "id", "assignment_id"),
        )
    },
    "draft_module": "SELECT m.id FROM learn_module m JOIN learn_courseversion v ON v.id = m.version_id"
    " WHERE v.state = 'draft' ORDER BY m.id",
    **{
        f"draft_{name}": f"SELECT t.id FROM learn_{table} t JOIN learn_courseversion v ON v.id = t.version_id"
        " WHERE v.state = 'draft' ORDER BY t.id"
        for name, table in (("video", "video"), ("file", "lessonfile"))
    },
    "cartridge": f"SELECT {_UUID.format('uid')} FROM learn_packagefile WHERE kind = 'cartridge' ORDER BY id",
    "own_question": "SELECT id FROM diagnose_ownquestion WHERE retired_at IS NULL ORDER BY id",
    "draft": "SELECT slug FROM programme_call WHERE slug = 'rascunho'",
    "member": "SELECT p.id FROM accounts_profile p JOIN accounts_user u ON u.id = p.user_id"
    " WHERE u.email = 'coordena@exemplo.org.br'",
    "renewal": "SELECT id FROM accounts_renewalrequest ORDER BY id",
    **{
        f"round_{state}": f"SELECT {_UUID.format('uid')} FROM diagnose_round WHERE state = '{state}' ORDER BY id"
        for state in ("answering", "agreeing", "submitted")
    },
    "round_member": "SELECT m.id FROM diagnose_roundmember m JOIN diagnose_round r ON r.id = m.round_id"
    " WHERE r.state = 'answering' AND m.part = 'respondent' ORDER BY m.id",
    "share": f"SELECT {_UUID.format('uid')} FROM diagnose_share WHERE named ORDER BY id",
    "programme": "SELECT id FROM accounts_organisation WHERE kind = 'programme' ORDER BY id",
    "receipt": "SELECT number FROM diagnose_receipt ORDER BY id",
    "job": "SELECT substr(id, 1, 8) || '-' || substr(id, 9, 4) || '-' || substr(id, 13, 4) || '-' || substr(id, 17, 4)"
    " || '-' || substr(id, 21) FROM foundation_job WHERE name = 'tests.shown'",
    "plan": f"SELECT {_UUID.format('uid')} FROM plan_strategicplan WHERE title = 'Plano da rede'",
    "plan_objective": f"SELECT {_UUID.format('uid')} FROM plan_objective ORDER BY id",
    "plan_goal": f"SELECT {_UUID.format('uid')} FROM plan_goal WHERE indicator = 'ideb' ORDER BY id",
    "plan_own_goal": f"SELECT {_UUID.format('uid')} FROM plan_goal WHERE indicator = '' ORDER BY id",
    "plan_action": f"SELECT {_UUID.format('uid')} FROM plan_action ORDER BY id",
    "followed_action": f"SELECT {_UUID.format('action.uid')} FROM plan_action action"
    " JOIN plan_weeklycheck c ON c.action_id = action.id WHERE action.state = 'blocked' ORDER BY c.id",
    **{
        f"meeting_{state}": f"SELECT {_UUID.format('uid')} FROM plan_meeting WHERE state = '{state}' ORDER BY id"
        for state in ("planned", "held")
    },
    "review_open": f"SELECT {_UUID.format('uid')} FROM plan_planreview WHERE finished_at IS NULL ORDER BY id",
    "review_finished": f"SELECT {_UUID.format('uid')} FROM plan_planreview WHERE finished_at IS NOT NULL ORDER BY id",
    "plan_change": "SELECT id FROM plan_planchange WHERE field = 'unit'",
    "program": f"SELECT {_UUID.format('uid')} FROM learn_statementclient WHERE kind = 'program' ORDER BY id",
    **{
        name: f"SELECT {_UUID.format('uid')} FROM learn_{table} ORDER BY id"
        for name, table in (
            ("cohort", "cohort"),
            ("enrolment", "enrolment"),
            ("pair", "pair"),
            ("cohort_meeting", "cohortmeeting"),
        )
    },
    # What learning_things.py made.
    "learning_feedback": f"SELECT {_UUID.format('f.uid')} FROM learn_peerfeedback f JOIN learn_enrolment e"
    " ON e.id = f.giver_id JOIN accounts_user u ON u.id = e.person_id WHERE u.email = 'learner@exemplo.org.br'",
    "practice_cohort": f"SELECT {_UUID.format('uid')} FROM learn_cohort WHERE name = 'Turma de prática'",
    "practice_work": f"SELECT {_UUID.format('w.uid')} FROM learn_assignmentwork w JOIN learn_peerfeedback f"
    " ON f.work_id = w.id WHERE f.given_at IS NOT NULL",
    "learning_topic": f"SELECT {_UUID.format('uid')} FROM learn_forumtopic WHERE pinned_at IS NOT NULL",
    "learning_post": f"SELECT {_UUID.format('p.uid')} FROM learn_forumpost p JOIN accounts_user u"
    " ON u.id = p.author_id WHERE u.email = 'learner@exemplo.org.br' AND p.number = 1",
    **{
        f"learning_{name}": f"SELECT {_UUID.format('t.uid')} FROM {table}"
        " WHERE c.name = 'Turma do Sertão' ORDER BY t.id"
        for name, table in (
            ("cohort", "learn_cohort t JOIN learn_cohort c ON c.id = t.id"),
            ("enrolment", "learn_enrolment t JOIN learn_cohort c ON c.id = t.cohort_id"),
            ("pair", "learn_pair t JOIN learn_cohort c ON c.id = t.cohort_id"),
            ("meeting", "learn_cohortmeeting t JOIN learn_cohort c ON c.id = t.cohort_id"),
            ("work", "learn_assignmentwork t JOIN learn_cohort c ON c.id = t.cohort_id"),
            (
                "attempt",
                "learn_quizattempt t JOIN learn_enrolment e ON e.id = t.enrolment_id"
                " JOIN learn_cohort c ON c.id = e.cohort_id",
            ),
        )
    },
}


@dataclass(frozen=True, slots=True)
class Site:
    """A running site: its address, its files, the facts and the sessions that tests may use."""

    address: str
    var: Path
    facts: Mapping[str, str]
    sessions: Mapping[str, str]  # person of people.py to session key


def environment(var: Path, settings: str = SETTINGS) -> dict[str, str]:
    """The environment of every process of the tests: its own files and, if not told, embedded settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRAMA_", "DJANGO_"))}
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": settings,
        "TRAMA_VAR": str(var),
        "TRAMA_DAILY_HOUR": "off",  # what a page shows must not depend on the hour of the test
        "TRAMA_DATABASE_URL": f"sqlite:///{var / 'trama.sqlite3'}",
        "PYTHONPATH": path,
        "PYTHONUNBUFFERED": "1",
    }


def prepare(var: Path, kind: str) -> str:
    """Run ``prepare.py``; gives what it prints. Raises ``RuntimeError`` with its complaint if it fails."""
    command = [sys.executable, "-m", "tests.e2e.prepare", kind]
    done = subprocess.run(command, env=environment(var), cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the database was not prepared:\n{done.stderr}")
    return done.stdout


def prepare_site(var: Path) -> dict[str, str]:
    """The database, a copy of ``TRAMA_E2E_DATABASE`` or a new one with the demonstration state, and its people.

    Returns person to session key.
    """
    prepared = os.environ.get("TRAMA_E2E_DATABASE")
    if prepared:
        copy_database(Path(prepared), var)
    answer: dict[str, str] = json.loads(prepare(var, "people" if prepared else "site").splitlines()[-1])
    return answer


def copy_database(source: Path, var: Path) -> None:
    with closing(sqlite3.connect(source)) as source_base, closing(sqlite3.connect(var / "trama.sqlite3")) as copy:
        source_base.backup(copy)


def read_facts(var: Path) -> dict[str, str]:
    """One example of each kind of thing, by name; a kind that the database does not have is left out."""
    facts: dict[str, str] = {}
    with closing(sqlite3.connect(f"file:{var / 'trama.sqlite3'}?mode=ro", uri=True)) as database:
        for name, question in FACTS.items():
            row = database.execute(f"{question} LIMIT 1").fetchone()
            if row is not None:
                facts[name] = str(row[0])
    return facts


@contextmanager
def running(var: Path, log: Path) -> Iterator[str]:
    """Start ``trama serve`` with one web process and the worker; gives the address; stops both at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "config.cli",
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment(var), cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/sobre/", timeout=5).close()
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the server did not answer:\n{log.read_text()}")


def chromium() -> str | None:
    """The browser of the machine: Playwright's own download is not used."""
    return os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("chromium-browser")
