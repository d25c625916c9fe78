"""Every letter that allauth or we may send exists, in the frame of the site."""

from pathlib import Path

import allauth
import pytest
from django.template.loader import render_to_string

from trama.accounts.people import mail

OURS = ["invitation", "profile_ended", "renewal_decided", "mandate_warning"]
UNUSED = {"login_code", "password_reset_code", "base"}  # logins and resets by code are off; base is a frame


def _letters_of_allauth() -> list[str]:
    folder = Path(allauth.__file__).parent / "templates"
    names = {path.name.removesuffix("_message.txt") for path in folder.glob("*/email/*_message.txt")}
    return sorted(names - UNUSED)


@pytest.mark.parametrize("name", [*OURS, *_letters_of_allauth()])
def test_every_letter_has_a_subject_on_one_line_and_a_body(name):
    values = {"site_name": "Trama", "link": "https://x/y", "days": 7, "ip": "10.0.0.1", "user_agent": "Firefox"}
    subject = render_to_string(f"accounts/mail/{name}_subject.txt", values).strip()
    body = render_to_string(f"accounts/mail/{name}_message.txt", values)
    assert subject
    assert "\n" not in subject
    assert "Trama" in body


def test_a_letter_of_a_change_that_was_rolled_back_is_not_sent(db, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        mail.send_letter("profile_ended", to="ana@exemplo.org", context={})
    assert mailoutbox == []
    waiting[0]()
    assert [letter.to for letter in mailoutbox] == [["ana@exemplo.org"]]
