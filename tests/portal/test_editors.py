"""Who edits: the door, the three roles, what each may do, and that it ends with the profile."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from tests.accounts import factories as make
from trama.accounts.roles.vocabulary import Role
from trama.foundation.audit.models import Event
from trama.foundation.policies import policy_of_route
from trama.portal.editors.errors import EditorError
from trama.portal.editors.services import forget_who_left, give_role
from trama.portal.models import SiteRole
from trama.portal.pages.models import TextPage
from trama.portal.policies import ENTER_EDITOR

from .conftest import page

pytestmark = pytest.mark.django_db


def inner_addresses() -> list[URLPattern]:
    """Every address under /cms/."""
    found, waiting = [], [("", get_resolver())]
    while waiting:
        before, one = waiting.pop()
        path = before + str(one.pattern)
        if isinstance(one, URLPattern):
            found += [one] if path.startswith("^/cms/") else []
        else:
            waiting += [(path, inner) for inner in one.url_patterns]
    return found


class TestDoor:
    def test_one_policy_stands_on_every_address_of_the_editor(self):
        addresses = inner_addresses()
        assert len(addresses) > 100
        assert [str(one.pattern) for one in addresses if policy_of_route(one.callback, "") is not ENTER_EDITOR] == []

    @pytest.mark.parametrize("path", ["", "login/", "password_reset/", "pages/", "users/", "sprite/", "jsi18n/"])
    def test_nobody_gets_past_it_without_signing_in_by_our_own_page(self, client: Client, path: str):
        answer = client.get(f"/cms/{path}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("account_login"))
        assert client.post(f"/cms/{path}", {"username": "a", "password": "b"}).status_code == 302

    @pytest.mark.parametrize("role", [Role.NETWORK_PRINCIPAL, Role.TEACHER, Role.TRAINER])
    def test_the_others_are_refused(self, client: Client, role: str):
        client.force_login(make.person_with(role, make.a_scope_for(role)))
        assert client.get("/cms/").status_code == 403

    def test_a_role_asleep_for_want_of_a_second_factor_opens_nothing(self, client: Client, settings):
        settings.TRAMA_MFA_REQUIRED_ROLES = frozenset({Role.PROGRAMME_TEAM})
        client.force_login(make.person_with(Role.PROGRAMME_TEAM, make.the_programme(), second_factor=False))
        answer = client.get("/cms/")
        assert answer.status_code == 302
        assert "segundo-fator" in answer.headers["Location"]

    def test_scripts_of_its_own_run_there_and_nowhere_else(self, editing, client: Client):
        signed, _user = editing(SiteRole.EDITOR)
        inside = signed.get("/cms/").headers["Content-Security-Policy"]
        assert "'unsafe-inline'" in inside
        assert "http" not in inside
        assert "unsafe" not in signed.get("/").headers["Content-Security-Policy"]
        assert "unsafe" not in client.get("/cms/nada").headers.get("Content-Security-Policy", "")

    def test_accounts_and_groups_are_not_managed_there(self, editing):
        signed, _user = editing(SiteRole.MODERATOR)
        for path in ("users/", "users/new/", "groups/", "groups/new/", "workflows/list/"):
            assert signed.get(f"/cms/{path}").status_code in (302, 403, 404), path
        assert "/cms/users/" not in signed.get("/cms/").content.decode()


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "may_publish", "may_change", "may_redirect"),
        [
            (SiteRole.AUTHOR, False, False, False),
            (SiteRole.EDITOR, True, True, False),
            (SiteRole.MODERATOR, True, True, True),
        ],
    )
    @pytest.mark.usefixtures("some_pages")
    def test_each_role_may_what_it_says(self, editing, role, may_publish, may_change, may_redirect):
        signed, user = editing(role)
        assert signed.get("/cms/").status_code == 200
        user = type(user).objects.get(pk=user.pk)
        about = page("sobre/")
        assert about.permissions_for_user(user).can_publish() is may_publish
        assert about.permissions_for_user(user).can_edit() is may_change
        assert page("").permissions_for_user(user).can_add_subpage()
        assert user.has_perm("wagtailredirects.add_redirect") is may_redirect
        own = page("").add_child(
            instance=TextPage(title="Minha", slug="minha", owner=user, locale=about.locale, live=False)
        )
        assert own.permissions_for_user(user).can_edit()
        assert own.permissions_for_user(user).can_publish() is may_publish

    def test_only_administrators_of_the_programme_give_roles(self, editing):
        _client, admin = editing(SiteRole.MODERATOR)
        _client, editor = editing(SiteRole.EDITOR)
        _client, author = editing(SiteRole.AUTHOR)
        with pytest.raises(PermissionDenied):
            give_role(author.profiles.get(), SiteRole.EDITOR, by=editor, at=timezone.now())
        with pytest.raises(EditorError):
            give_role(admin.profiles.get(), SiteRole.AUTHOR, by=admin, at=timezone.now())
        give_role(author.profiles.get(), SiteRole.EDITOR, by=admin, at=timezone.now())
        assert [group.name for group in author.groups.all()] == ["Site editors"]
        assert Event.objects.filter(verb="portal.editors.appoint", actor=admin).exists()

    def test_the_page_of_roles_changes_one(self, editing):
        signed, _admin = editing(SiteRole.MODERATOR)
        _client, author = editing(SiteRole.AUTHOR)
        profile = author.profiles.get()
        answer = signed.post("/equipe/site/", {"profile": profile.pk, "role": "editor"}, follow=True)
        assert answer.status_code == 200
        assert re.search(r'value="editor"\s+selected', answer.content.decode())
        foreign = make.give_profile(make.a_person(), Role.TEACHER, make.a_school())
        assert signed.post("/equipe/site/", {"profile": foreign.pk, "role": "editor"}).status_code == 404

    def test_what_a_profile_gave_ends_with_it(self, editing):
        signed, editor = editing(SiteRole.EDITOR)
        assert signed.get("/cms/").status_code == 200
        profile = editor.profiles.get()
        profile.revoked_at = timezone.now()
        profile.save()
        assert not editor.groups.exists()  # at once: no letter of the framework reaches who left
        assert signed.get("/cms/").status_code == 403

    def test_what_ended_by_its_day_is_tidied_up_daily(self, editing):
        _client, editor = editing(SiteRole.EDITOR)
        editor.profiles.update(end=date(2026, 1, 1))
        assert editor.groups.exists()
        forget_who_left(timezone.now())
        assert not editor.groups.exists()

    def test_nobody_becomes_a_superuser(self):
        person = make.a_person()
        person.is_superuser = True
        with pytest.raises(IntegrityError), transaction.atomic():
            person.save()

    def test_groups_are_there_after_setting_up_and_setting_up_twice_changes_nothing(self):
        from trama.portal.pages.setting_up import set_up

        names = {"Site authors", "Site editors", "Site moderators"}
        assert names <= set(Group.objects.values_list("name", flat=True))
        before = Group.objects.count(), page("").pk
        set_up()
        assert (Group.objects.count(), page("").pk) == before


@pytest.mark.usefixtures("some_pages")
class TestWork:
    def test_what_an_author_writes_waits_for_a_moderator(self, editing, client: Client):
        signed, author = editing(SiteRole.AUTHOR)
        moderating, moderator = editing(SiteRole.MODERATOR)
        home = page("")
        form = signed.get(f"/cms/pages/add/portal/textpage/{home.pk}/")
        assert form.status_code == 200
        values = {
            "title": "Mutirão de leitura", "slug": "mutirao-de-leitura", "summary": "Um resumo.", "picture": "",
            "body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-submit": "1",
        }  # fmt: skip
        answer = signed.post(f"/cms/pages/add/portal/textpage/{home.pk}/", values)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        written = page("mutirao-de-leitura/")
        assert (written.owner, written.live) == (author, False)
        assert client.get("/mutirao-de-leitura/").status_code == 404
        state = written.current_workflow_task_state
        assert state is not None
        approve = f"/cms/pages/workflow/action/{written.pk}/approve/{state.pk}/"
        assert signed.post(approve).status_code in (302, 403, 404)
        assert not page("mutirao-de-leitura/").live
        assert moderating.post(approve, {"comment": ""}).status_code in (200, 302)
        assert page("mutirao-de-leitura/").live
        assert client.get("/mutirao-de-leitura/").status_code == 200
        told = Event.objects.filter(verb="portal.editor.publish", actor=moderator).last()
        assert told is not None
        assert told.detail["title"] == "Mutirão de leitura"

    def test_the_preview_is_the_page_in_its_own_language(self, editing):
        signed, _user = editing(SiteRole.EDITOR)
        english = page("sobre/", "en")
        english.title = "A draft title"
        english.save_revision()
        answer = signed.get(f"/cms/pages/{english.pk}/view_draft/")
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "A draft title" in text
        assert '<html lang="en"' in text
        assert "private" in answer.headers["Cache-Control"]

    def test_a_page_is_translated_into_a_draft_at_the_same_path(self, editing):
        signed, _user = editing(SiteRole.EDITOR)
        home = page("")
        made = home.add_child(instance=TextPage(title="Só aqui", slug="so-aqui", locale=home.locale))
        english = page("", "en").locale
        answer = signed.post(f"/cms/translation/submit/page/{made.pk}/", {"locales": english.pk})
        assert answer.status_code == 302
        twin = page("so-aqui/", "en")
        assert twin.translation_key == made.translation_key
        assert not twin.live


def test_the_parts_of_pages_are_listed_to_the_team_and_not_to_visitors():
    address = reverse("foundation:components")
    visitor, team = Client(), Client()
    team.force_login(make.person_with(Role.PROGRAMME_TEAM, make.the_programme()))
    assert f'href="{address}"' not in visitor.get(reverse("learn:courses")).content.decode()
    assert f'href="{address}"' in team.get(reverse("learn:my_cohorts")).content.decode()
    other = Client()
    other.force_login(make.a_person())
    assert f'href="{address}"' not in other.get(reverse("learn:my_cohorts")).content.decode()
