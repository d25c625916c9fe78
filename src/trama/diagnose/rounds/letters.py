"""Letters about rounds, each in the language of who gets it."""

from typing import Any

from django.urls import reverse
from django.utils import translation

from trama.accounts.api import absolute, send_letter
from trama.foundation.fields import zone_name

from .models import Receipt, Round, RoundInvitation, RoundMember


def _address(name: str, argument: Any, *, language: str, origin: str) -> str:
    """A full address of a page, in the language of who reads the letter (the present one, where they chose none)."""
    with translation.override(language or translation.get_language()):
        return absolute(reverse(f"diagnose:{name}", args=[argument]), origin)


class _ZoneName:
    """The name of a round's clock, in the language that the letter is written in."""

    def __init__(self, of: Round) -> None:
        self.zone = of.time_zone

    def __str__(self) -> str:
        return zone_name(self.zone)


def _context(of: Round, link: str, **more: Any) -> dict[str, Any]:
    return {"round": of, "owner": of.scope, "zone": of.time_zone, "zone_name": _ZoneName(of), "link": link, **more}


def send_welcome(member: RoundMember, *, origin: str) -> None:
    """Tell a person of the owner that they were asked into a round."""
    of = member.round
    language = member.user.language
    link = _address("round", of.uid, language=language, origin=origin)
    context = _context(of, link, by=member.added_by)
    send_letter("diagnose/mail/welcome", to=member.user.email, context=context, language=language)


def send_invitation(invitation: RoundInvitation, code: str, *, days: int, origin: str) -> None:
    """Offer a place to whoever owns an address. The letter does not say the title: it may reach the wrong person."""
    link = _address("round_invitation", code, language=invitation.language, origin=origin)
    context = _context(invitation.round, link, by=invitation.invited_by, days=days)
    send_letter("diagnose/mail/invitation", to=invitation.email, context=context, language=invitation.language)


def send_reminder(member: RoundMember, *, missing: int, origin: str) -> None:
    """Remind a person of what they were asked and did not finish."""
    of = member.round
    language = member.user.language
    link = _address("round", of.uid, language=language, origin=origin)
    mute = _address("round_mute", of.uid, language=language, origin=origin)
    context = _context(of, link, missing=missing, mute=mute)
    send_letter("diagnose/mail/reminder", to=member.user.email, context=context, language=language)


def send_receipt(receipt: Receipt, *, to: Any, origin: str) -> None:
    """The receipt of a round, to who submitted it and to who answers for its owner."""
    link = _address("receipt", receipt.number, language=to.language, origin=origin)
    context = _context(receipt.round, link, receipt=receipt)
    send_letter("diagnose/mail/receipt", to=to.email, context=context, language=to.language)
