"""What is kept about adoptions, and what may never be false."""

import uuid
from pathlib import PurePath

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from trama.know.api import OfOneScope, one_scope

from ..technologies.models import Adaptation
from .calendar import FreeDays


class Adoption(OfOneScope):
    """One owner carrying out one version of a technology. ``priority``: the decided priority that it answers.

    ``recess_from`` and ``recess_until`` are month and day ("12-20"), the same every year; "" for none.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        ACTIVE = "active", _("under way")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        GIVEN_UP = "given_up", _("given up")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey("plan.TechnologyVersion", models.PROTECT, related_name="adoptions")
    priority = models.ForeignKey(
        "diagnose.Priority", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("priority")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    starts_on = models.DateField(_("starts on"))
    recess_from = models.CharField(_("recess from"), max_length=5, blank=True, default="12-20")
    recess_until = models.CharField(_("recess until"), max_length=5, blank=True, default="01-31")
    weekends_free = models.BooleanField(_("no step begins or ends on a weekend"), default=True)
    reason = models.TextField(_("why this technology"), blank=True)
    adaptations = models.TextField(_("what was adapted here"), blank=True)
    what_changed = models.TextField(_("what changed"), blank=True)
    state_reason = models.TextField(_("reason of the present state"), blank=True)
    listed = models.BooleanField(_("may be named on the page of the technology"), default=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("adoption")
        verbose_name_plural = _("adoptions")
        constraints = [
            one_scope("adoption_has_one_owner"),
            models.CheckConstraint(
                name="ended_adoption_has_its_date",
                condition=~Q(state__in=["finished", "given_up"]) | Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="given_up_adoption_says_why", condition=~Q(state="given_up") | ~Q(state_reason="")
            ),
            models.CheckConstraint(
                name="recess_has_both_ends",
                condition=Q(recess_from="", recess_until="") | (~Q(recess_from="") & ~Q(recess_until="")),
            ),
        ]

    def __str__(self) -> str:
        return f"adoption {self.uid}"  # the trail and the logs name it so: what a network does is its own

    @property
    def is_open(self) -> bool:
        """Whether its steps can be worked on."""
        return self.state in OPEN_STATES

    @property
    def free_days(self) -> FreeDays:
        return free_days(self.recess_from, self.recess_until, self.weekends_free)


OPEN_STATES = (Adoption.State.PLANNED, Adoption.State.ACTIVE)


def free_days(recess_from: str, recess_until: str, weekends: bool) -> FreeDays:
    """The free days that month and day ("12-20") of a recess say; "" for none."""

    def pair(text: str) -> tuple[int, int]:
        month, _dash, day = text.partition("-")
        return int(month), int(day)

    return FreeDays((pair(recess_from), pair(recess_until)) if recess_from and recess_until else None, weekends)


class AdoptionContext(models.Model):
    """An adaptation of the technology that this adoption uses (small network, rural, no internet)."""

    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="contexts")
    context = models.CharField(_("context"), max_length=14, choices=Adaptation.Context)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["adoption", "context"], name="one_context_per_adoption")]
        ordering = ["context"]

    def __str__(self) -> str:
        return self.get_context_display()


class AdoptionPerson(models.Model):
    """Who takes a part: a role of the technology (or a part of their own), a person of the team or a written name.

    Personal data: name and task at work. Purpose: carrying out the adoption. Visible to the owner only.
    """

    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="people")
    role = models.ForeignKey("plan.TechnologyRole", models.PROTECT, null=True, blank=True, related_name="+")
    part = models.CharField(_("part"), max_length=160, blank=True)  # where no role of the technology fits
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=160, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("person in an adoption")
        verbose_name_plural = _("people in adoptions")
        constraints = [
            models.CheckConstraint(
                name="adoption_person_is_a_user_or_a_name",
                condition=Q(user__isnull=False, name="") | (Q(user__isnull=True) & ~Q(name="")),
            )
        ]
        ordering = ["role__position", "pk"]

    def __str__(self) -> str:
        return f"{self.adoption_id}: {self.pk}"

    @property
    def called(self) -> str:
        return self.user.name if self.user is not None else self.name

    @property
    def does(self) -> str:
        return self.role.name if self.role is not None else self.part


class AdoptionStep(models.Model):
    """A step of the version in this adoption: its dates, who answers for it, and whether it is done.

    ``dropped_at``: a newer version of the technology has no such step; what was done stays readable.
    """

    class State(models.TextChoices):
        TODO = "todo", _("to do")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("left out")

    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="steps")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    step = models.ForeignKey("plan.Step", models.PROTECT, related_name="+")
    starts_on = models.DateField(_("from"))
    due_on = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.TODO)
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(_("why it was left out"), blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    dropped_at = models.DateTimeField(_("dropped at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("step of an adoption")
        verbose_name_plural = _("steps of adoptions")
        constraints = [
            models.UniqueConstraint(fields=["adoption", "step"], name="one_adoption_step_per_step"),
            models.CheckConstraint(name="adoption_step_ends_after_it_starts", condition=Q(due_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="settled_adoption_step_has_its_time",
                condition=Q(state="todo", done_at__isnull=True) | (~Q(state="todo") & Q(done_at__isnull=False)),
            ),
            models.CheckConstraint(name="left_out_adoption_step_says_why", condition=~Q(state="skipped") | ~Q(note="")),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="adoption_step_due")]
        ordering = ["step__stage__position", "step__position"]

    def __str__(self) -> str:
        return f"step {self.uid}"


def evidence_path(evidence: "AdoptionEvidence", filename: str) -> str:
    """Where a file is kept: a name of ours, never the one that came with it."""
    return str(PurePath("adoptions", uuid.uuid4().hex))


class AdoptionEvidence(models.Model):
    """A link or a file that shows that a step was done.

    Personal data: may name people, as documents do. Visible to the owner only.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("link")
        FILE = "file", _("file")

    step = models.ForeignKey(AdoptionStep, models.CASCADE, related_name="evidence")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=4, choices=Kind)
    title = models.CharField(_("title"), max_length=160)
    address = models.URLField(_("address"), max_length=500, blank=True)
    file = models.FileField(_("file"), upload_to=evidence_path, blank=True)
    file_name = models.CharField(max_length=160, blank=True)  # as it came, for the download
    media_type = models.CharField(max_length=80, blank=True)
    size = models.PositiveIntegerField(_("size, bytes"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("evidence of a step")
        verbose_name_plural = _("evidence of steps")
        constraints = [
            models.CheckConstraint(
                name="step_evidence_is_a_link_or_a_file",
                condition=Q(kind="link", file="") & ~Q(address="") | Q(kind="file", address="") & ~Q(file=""),
            )
        ]
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"evidence {self.uid}"


class AdoptionNote(models.Model):
    """A dated note of the team, of the whole adoption or of one step.

    Personal data: who wrote it; it may name people. Visible to the owner only.
    """

    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="notes")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    step = models.ForeignKey(AdoptionStep, models.CASCADE, null=True, blank=True, related_name="notes")
    text = models.TextField(_("note"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("note of an adoption")
        verbose_name_plural = _("notes of adoptions")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"note {self.uid}"


class AdoptionMeasure(models.Model):
    """The value of an indicator of the technology on a day."""

    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="measures")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    indicator = models.ForeignKey("plan.ProgressIndicator", models.PROTECT, related_name="+")
    measured_on = models.DateField(_("measured on"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=3)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("measure of an adoption")
        verbose_name_plural = _("measures of adoptions")
        constraints = [
            models.UniqueConstraint(
                fields=["adoption", "indicator", "measured_on"],
                condition=Q(removed_at__isnull=True),
                name="one_adoption_measure_per_day",
            )
        ]
        ordering = ["measured_on", "pk"]

    def __str__(self) -> str:
        return f"{self.measured_on}: {self.value}"


class HelpRequest(models.Model):
    """A question of an owner to the organisation that writes the technology, or to the programme.

    The organisation sees the text, the messages, the technology and the owner's name; nothing else of the adoption.
    The owner's last words wait since ``waits_since`` until the organisation answers; ``seen_at`` says when somebody
    there opened them. Writing again, the owner waits anew.

    Personal data: who asked, for the owner; the organisation reads the owner's name only.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adoption = models.ForeignKey(Adoption, models.CASCADE, related_name="help_requests")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    subject = models.CharField(_("in one line"), max_length=160)
    text = models.TextField(_("question"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    waits_since = models.DateTimeField(_("waits since"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")
        constraints = [
            models.CheckConstraint(
                name="request_for_help_waits_or_was_answered",
                condition=Q(waits_since__isnull=False, answered_at__isnull=True)
                | Q(waits_since__isnull=True, answered_at__isnull=False),
            )
        ]
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"request {self.uid}"

    @property
    def waits(self) -> bool:
        """Whether the owner waits for an answer."""
        return self.closed_at is None and self.waits_since is not None


class HelpMessage(models.Model):
    """A message in a request for help, of the owner or of the organisation that was asked.

    Personal data: who wrote it. Each side sees the other side's institution, not its people.
    """

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="messages")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # made by the form: sent twice, kept once
    from_owner = models.BooleanField()
    text = models.TextField(_("message"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("message in a request for help")
        verbose_name_plural = _("messages in requests for help")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"message {self.uid}"


class AdoptionChange(models.Model):
    """One change of an adoption: who, when, what, why. Rows are only added.

    ``stage`` is where the adoption stood (its first stage with a step to do); ``cause`` and ``named`` belong to pauses
    and to giving up: the kind of reason, and whether the programme and the partner may read the owner's name with it.

    Personal data: who changed it. Purpose: memory and accountability of the owner.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("adoption opened")
        STARTED = "started", _("started")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("resumed")
        FINISHED = "finished", _("finished")
        GIVEN_UP = "given_up", _("given up")
        REOPENED = "reopened", _("reopened")
        MOVED = "moved", _("moved to another version")
        CHANGED = "changed", _("text changed")
        RESCHEDULED = "rescheduled", _("dates changed")
        STEP_DONE = "step_done", _("step done")
        STEP_SKIPPED = "step_skipped", _("step left out")
        STEP_REOPENED = "step_reopened", _("step taken up again")
        RESPONSIBLE = "responsible", _("responsible person changed")
        PERSON_ADDED = "person_added", _("person added")
        PERSON_REMOVED = "person_removed", _("person taken out")
        EVIDENCE_ADDED = "evidence_added", _("evidence added")
        EVIDENCE_REMOVED = "evidence_removed", _("evidence taken away")
        NOTE_REMOVED = "note_removed", _("note taken away")
        MEASURED = "measured", _("indicator recorded")
        MEASURE_REMOVED = "measure_removed", _("recorded value taken away")
        LISTED = "listed", _("may be named on the page of the technology")
        UNLISTED = "unlisted", _("no longer named on the page of the technology")
        HELP_ASKED = "help_asked", _("help asked")
        HELP_CLOSED = "help_closed", _("request for help closed")
        REMOVED = "removed", _("adoption removed")
        RESTORED = "restored", _("adoption put back")

    class Cause(models.TextChoices):
        TIME = "time", _("the team had no time")
        PEOPLE = "people", _("people left or changed")
        MONEY = "money", _("money or materials were missing")
        GOVERNMENT = "government", _("change of government or of leadership")
        FIT = "fit", _("it does not fit our situation")
        PRIORITY = "priority", _("other priorities came first")
        OTHER = "other", _("another reason")

    adoption = models.ForeignKey(Adoption, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=16, choices=Kind)
    step = models.ForeignKey(AdoptionStep, models.PROTECT, null=True, blank=True, related_name="changes")
    stage = models.ForeignKey("plan.Stage", models.PROTECT, null=True, blank=True, related_name="+")
    field = models.CharField(max_length=40, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    cause = models.CharField(_("kind of reason"), max_length=10, choices=Cause, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    named = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of an adoption")
        verbose_name_plural = _("changes of adoptions")
        indexes = [models.Index(fields=["adoption", "at"], name="adoption_change_at")]
        constraints = [
            models.CheckConstraint(
                name="given_up_change_says_why", condition=~Q(kind__in=["given_up", "paused"]) | ~Q(cause="")
            )
        ]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.adoption_id} {self.kind}"
