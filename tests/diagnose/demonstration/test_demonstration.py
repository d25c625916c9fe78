"""The invented self-diagnoses of the first start: made through the services, labelled, once."""

import io
import re
import zipfile
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.factories import a_network, a_school, a_state_network
from tests.know import factories as know
from trama.accounts.api import create_demonstration_accounts, demonstration_team
from trama.diagnose.demonstration import show_demonstration_rounds
from trama.diagnose.demonstration.content import FILE, BrokenDemonstration, read_scripts, scripts
from trama.diagnose.instruments.content import load_instruments
from trama.diagnose.instruments.selectors import current_version
from trama.diagnose.models import AnonymousUse, Round, Share, Submission
from trama.diagnose.priorities.decision_selectors import decided, set_aside
from trama.diagnose.priorities.selectors import list_of
from trama.foundation.audit.services import verify_chain

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def team(settings, tmp_path):
    """The people of the demonstration, with the shipped instruments loaded."""
    settings.TRAMA_EMBEDDED, settings.VAR_DIR = True, tmp_path
    settings.TRAMA_MFA_REQUIRED_ROLES = frozenset()
    used = re.findall(
        r'^\s*indicator = "(\w+)"',
        "".join(path.read_text() for path in FILE.parents[1].glob("instruments/*/*.toml")),
        re.M,
    )
    for code in sorted(set(used)):
        know.indicator(code)
    load_instruments(django_settings.CONTENT_DIR, timezone.now())
    a_school(a_network(26))
    a_state_network(26)
    create_demonstration_accounts()
    return demonstration_team(timezone.now())


def test_the_first_start_leaves_a_cycle_to_look_at_and_the_second_changes_nothing(team):
    told = StringIO()
    show_demonstration_rounds(told)
    assert "4" in told.getvalue()
    rounds = Round.objects.all()
    states = sorted((of.scope_kind, of.short, of.state) for of in rounds)
    assert states == [
        ("network", False, "answering"), ("network", False, "submitted"), ("network", True, "submitted"),
        ("school", False, "agreeing"),
    ]  # fmt: skip
    assert all(of.title.startswith(scripts().label) for of in rounds)
    current = rounds.get(short=False, state="submitted")
    asked = current.members.exclude(answers=None).count()
    assert asked == len(scripts().current.people) == 6
    assert not current.items.filter(agreement=None).exists()  # every criterion was agreed
    assert current.items.exclude(agreement__reason="").count() > 5
    assert not Submission.objects.filter(outcome="refused").exists()
    kept = list_of(current)
    assert kept.signed_by == team.people["director"]
    assert kept.scores.values("member").distinct().count() == 3
    assert [one.item.criterion.key for one in decided(kept)] == list(scripts().ranking.chosen)
    assert [bool(one.reason) for one in decided(kept)] == [False, False, False, True]  # one against the rule
    assert [one.item.criterion.key for one in set_aside(kept)] == ["learning-inequalities"]
    assert not Share.objects.exists()
    assert not AnonymousUse.objects.exists()
    assert verify_chain() is None
    again = StringIO()
    show_demonstration_rounds(again)
    assert again.getvalue() == ""
    assert Round.objects.count() == 4
    _what_leaves_the_site_says_that_it_is_invented(team, current)


def _what_leaves_the_site_says_that_it_is_invented(team, current):
    client = signed_in(team.people["director"])
    for name in ("profile", "priorities", "priority_explain"):
        assert scripts().label in client.get(reverse(f"diagnose:{name}", args=[current.uid])).content.decode(), name
    for name in ("profile_xlsx", "priority_factors_xlsx"):
        book = client.get(reverse(f"diagnose:{name}", args=[current.uid]))
        inside = zipfile.ZipFile(io.BytesIO(b"".join(book) if book.streaming else book.content))
        assert scripts().label in inside.read("xl/sharedStrings.xml").decode(), name


def test_what_does_not_fit_is_left_out_and_the_site_starts(team, monkeypatch):
    from trama.diagnose.demonstration import start

    broken = {**scripts().current.criteria}
    broken["connectivity-for-learning"] = broken["creche-access"].__class__(2, {"operations": 9}, "", {})
    told = StringIO()
    script = scripts().__class__(
        **{name: getattr(scripts(), name) for name in ("label", "earlier", "answering", "school", "ranking")},
        current=scripts().current.__class__(scripts().current.title, scripts().current.people, broken),
    )
    monkeypatch.setattr(start, "scripts", lambda: script)
    show_demonstration_rounds(told)
    assert "3.3.2" in told.getvalue()
    assert not Round.objects.exists()


def test_every_criterion_of_the_shipped_instruments_is_spoken_of(team):
    for slug, script in (("rede", scripts().current), ("escola", scripts().school)):
        keys = set(current_version(slug).criteria.values_list("key", flat=True))
        assert set(script.criteria) == keys
    starred = current_version("rede").criteria.filter(starred=True).values_list("key", flat=True)
    assert set(scripts().earlier.criteria) == set(starred)


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('criterion = "school-transport"', 'criterion = "school-boats"', "school-boats"),
        ("said = { operations = 1, principal = 1 }", "said = { mayor = 1 }", "mayor"),
        ("school-transport = { agreed = 4 }", "school-transport = { agreed = 7 }", "school-transport"),
        ("[school]  #", "[house]  #", "people"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, before, after, named):
    path = tmp_path / "self_diagnosis.toml"
    path.write_text(FILE.read_text().replace(before, after, 1))
    with pytest.raises(BrokenDemonstration, match=named):
        read_scripts(path)
