"""What can go wrong with roles. Each message is screen text."""

from django.utils.translation import gettext_lazy as _


class RolesError(Exception):
    """A role could not be given or changed. ``str(error)`` says why, for the person who tried."""

    message = _("The change was not made.")

    def __str__(self) -> str:
        return str(self.message)


class InvitationNotValid(RolesError):
    message = _("This invitation is no longer valid: it was used, withdrawn or is more than 7 days old.")


class InvitationForSomeoneElse(RolesError):
    message = _("This invitation was sent to another e-mail address. Sign in with the account of that address.")


class InvitationNotAllowed(RolesError):
    message = _("Who sent this invitation may no longer give this role. Ask for a new one.")


class AlreadyHasProfile(RolesError):
    message = _("This person already has this role here.")


class PrincipalUserExists(RolesError):
    message = _("This network already has a principal user. End or transfer that profile first.")


class GrantBeyondOwn(RolesError):
    message = _("You can only give access that you have yourself.")


class NotOwnProfile(RolesError):
    message = _("You cannot change your own profile.")


class NotATeamMember(RolesError):
    message = _("The principal user can only be transferred to a member of the team of the same network.")


class ScopeDoesNotFit(RolesError):
    message = _("This role cannot be held there.")


class RequestAlreadyDecided(RolesError):
    message = _("This request was already decided.")


class RequestAlreadyWaiting(RolesError):
    message = _("You already have a request for this network waiting for the programme.")


class DocumentNotAccepted(RolesError):
    message = _("The document must be a PDF of at most 5 MB.")
