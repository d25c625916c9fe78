"""What is kept about technologies, and what may never be false."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import Localised


class Technology(models.Model):
    """An educational technology, over all its versions. ``organisation``: who writes it; none: the programme."""

    slug = models.SlugField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("position in the catalogue"), default=100)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("educational technology")
        verbose_name_plural = _("educational technologies")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug


class TechnologyVersion(models.Model):
    """One version of a technology, with its texts in both languages. Lists are kept one item a line.

    A draft can be edited, also by its authors while nobody reviews it. From the pilot on a version is sealed: networks
    carry it out, so neither its texts nor its parts ever change again (a trigger refuses it).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        IN_REVIEW = "in_review", _("in review")
        PILOT = "pilot", _("in pilot")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    class Axis(models.TextChoices):
        PLANNING = "planning", _("planning and management")
        PEDAGOGICAL = "pedagogical", _("pedagogical")
        PEDAGOGICAL_MANAGEMENT = "pedagogical_management", _("pedagogical management")
        ACCESS = "access", _("access")
        PARTICIPATION = "participation", _("participation")
        EQUITY = "equity", _("equity")
        COLLABORATION = "collaboration", _("collaboration")

    class Effort(models.TextChoices):
        LOW = "low", _("low")
        MEDIUM = "medium", _("medium")
        HIGH = "high", _("high")

    technology = models.ForeignKey(Technology, models.PROTECT, related_name="versions")
    version = models.CharField(_("version"), max_length=20)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    axis = models.CharField(_("axis"), max_length=24, choices=Axis)
    effort = models.CharField(_("effort"), max_length=6, choices=Effort)
    weeks = models.PositiveSmallIntegerField(_("weeks of the first cycle"))
    team_hours = models.PositiveSmallIntegerField(_("hours of the team per week"))
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    summary_pt = models.TextField(_("summary (Portuguese)"))
    summary_en = models.TextField(_("summary (English)"))
    problem_pt = models.TextField(_("problem (Portuguese)"))
    problem_en = models.TextField(_("problem (English)"))
    goal_pt = models.TextField(_("goal (Portuguese)"))
    goal_en = models.TextField(_("goal (English)"))
    evidence_pt = models.TextField(_("what it rests on (Portuguese)"))
    evidence_en = models.TextField(_("what it rests on (English)"))
    preconditions_pt = models.TextField(_("preconditions (Portuguese)"), blank=True)
    preconditions_en = models.TextField(_("preconditions (English)"), blank=True)
    authors_pt = models.CharField(_("authors (Portuguese)"), max_length=300)
    authors_en = models.CharField(_("authors (English)"), max_length=300)
    note_pt = models.TextField(_("note (Portuguese)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)
    what_changed_pt = models.TextField(_("what changed (Portuguese)"), blank=True)
    what_changed_en = models.TextField(_("what changed (English)"), blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)  # of its files; "" on the site
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    title = Localised()
    summary = Localised()
    problem = Localised()
    goal = Localised()
    evidence = Localised()
    preconditions = Localised()
    authors = Localised()
    note = Localised()
    what_changed = Localised()

    class Meta:
        verbose_name = _("version of a technology")
        verbose_name_plural = _("versions of technologies")
        constraints = [
            models.UniqueConstraint(fields=["technology", "version"], name="one_technology_version_per_label"),
            models.UniqueConstraint(
                fields=["technology"], condition=Q(state="published"), name="one_published_version_per_technology"
            ),
            models.CheckConstraint(
                name="published_technology_has_its_date",
                condition=~Q(state="published") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_pt} {self.version}"

    @property
    def is_sealed(self) -> bool:
        return self.state in SEALED

    @property
    def precondition_list(self) -> list[str]:
        return [line for line in self.preconditions.splitlines() if line.strip()]


SEALED = (TechnologyVersion.State.PILOT, TechnologyVersion.State.PUBLISHED, TechnologyVersion.State.RETIRED)


class TechnologyAudience(models.Model):
    """Whom a version is for."""

    class Audience(models.TextChoices):
        SECRETARIAT = "secretariat", _("secretariat")
        PRINCIPALS = "principals", _("school principals")
        COORDINATORS = "coordinators", _("pedagogical coordinators")
        TEACHERS = "teachers", _("teachers")
        FAMILIES = "families", _("families")
        STATE = "state", _("state secretariat")
        TERRITORY = "territory", _("territory")

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="audiences")
    audience = models.CharField(_("audience"), max_length=12, choices=Audience)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "audience"], name="one_audience_per_version")]

    def __str__(self) -> str:
        return self.get_audience_display()


class TechnologyDimension(models.Model):
    """A dimension of the self-diagnosis that a version serves, by its code."""

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="dimensions")
    code = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_dimension_per_version")]

    def __str__(self) -> str:
        return self.code


class TechnologyRole(models.Model):
    """Who takes part in a technology, and what they do."""

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="roles")
    position = models.PositiveSmallIntegerField()
    name_pt = models.CharField(_("name (Portuguese)"), max_length=160)
    name_en = models.CharField(_("name (English)"), max_length=160)
    task_pt = models.TextField(_("task (Portuguese)"))
    task_en = models.TextField(_("task (English)"))
    revision = models.PositiveIntegerField(default=1)

    name = Localised()
    task = Localised()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name_pt


class Stage(models.Model):
    """A stage of a technology."""

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="stages")
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    weeks = models.PositiveSmallIntegerField(_("weeks"))
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    purpose_pt = models.TextField(_("purpose (Portuguese)"))
    purpose_en = models.TextField(_("purpose (English)"))
    revision = models.PositiveIntegerField(default=1)

    title = Localised()
    purpose = Localised()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "slug"], name="one_stage_per_slug")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class TechnologyInstrument(models.Model):
    """A document or spreadsheet that helps to carry out a technology.

    A document is Markdown in both languages (``body_*``); a spreadsheet is one TOML description that holds both
    (``sheets``): docs/user/technologies.md.
    """

    class Kind(models.TextChoices):
        AGENDA = "agenda", _("agenda")
        RUBRIC = "rubric", _("rubric")
        OBSERVATION = "observation", _("observation sheet")
        SPREADSHEET = "spreadsheet", _("spreadsheet")
        TERM = "term", _("term")
        FORM = "form", _("form")
        GUIDE = "guide", _("guide")

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="instruments")
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    purpose_pt = models.TextField(_("purpose (Portuguese)"))
    purpose_en = models.TextField(_("purpose (English)"))
    body_pt = models.TextField(_("text (Portuguese)"), blank=True)
    body_en = models.TextField(_("text (English)"), blank=True)
    sheets = models.TextField(_("description of the spreadsheet"), blank=True)
    revision = models.PositiveIntegerField(default=1)

    title = Localised()
    purpose = Localised()
    body = Localised()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "slug"], name="one_instrument_per_slug"),
            models.CheckConstraint(
                name="technology_instrument_is_document_or_spreadsheet",
                condition=Q(kind="spreadsheet", body_pt="", body_en="") | (~Q(kind="spreadsheet") & Q(sheets="")),
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class Step(models.Model):
    """A step of a stage: what to do, who, how long, and what exists when it is done."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="steps")
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField(_("calendar days"))
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    what_pt = models.TextField(_("what to do (Portuguese)"))
    what_en = models.TextField(_("what to do (English)"))
    who_pt = models.CharField(_("who (Portuguese)"), max_length=300)
    who_en = models.CharField(_("who (English)"), max_length=300)
    product_pt = models.TextField(_("product (Portuguese)"))
    product_en = models.TextField(_("product (English)"))
    instruments = models.ManyToManyField(TechnologyInstrument, related_name="steps", blank=True)
    revision = models.PositiveIntegerField(default=1)

    title = Localised()
    what = Localised()
    who = Localised()
    product = Localised()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "slug"], name="one_step_per_slug")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class ProgressIndicator(models.Model):
    """How an adopter knows that the adoption advances."""

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="indicators")
    position = models.PositiveSmallIntegerField()
    title_pt = models.CharField(_("title (Portuguese)"), max_length=200)
    title_en = models.CharField(_("title (English)"), max_length=200)
    measure_pt = models.TextField(_("how it is counted (Portuguese)"))
    measure_en = models.TextField(_("how it is counted (English)"))
    target_pt = models.TextField(_("target (Portuguese)"))
    target_en = models.TextField(_("target (English)"))
    revision = models.PositiveIntegerField(default=1)

    title = Localised()
    measure = Localised()
    target = Localised()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class Risk(models.Model):
    """What may go wrong, and what to do then."""

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="risks")
    position = models.PositiveSmallIntegerField()
    title_pt = models.CharField(_("risk (Portuguese)"), max_length=200)
    title_en = models.CharField(_("risk (English)"), max_length=200)
    response_pt = models.TextField(_("response (Portuguese)"))
    response_en = models.TextField(_("response (English)"))
    revision = models.PositiveIntegerField(default=1)

    title = Localised()
    response = Localised()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt


class Adaptation(models.Model):
    """How a technology changes in a small network, in the countryside, or without internet."""

    class Context(models.TextChoices):
        SMALL_NETWORK = "small_network", _("small network")
        RURAL = "rural", _("rural schools")
        NO_INTERNET = "no_internet", _("no internet")

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="adaptations")
    context = models.CharField(_("context"), max_length=14, choices=Context)
    text_pt = models.TextField(_("text (Portuguese)"))
    text_en = models.TextField(_("text (English)"))
    revision = models.PositiveIntegerField(default=1)

    text = Localised()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "context"], name="one_adaptation_per_context")]

    def __str__(self) -> str:
        return self.get_context_display()


class TechnologyChange(models.Model):
    """One change of one field of a version while it was written or reviewed: who, when, from what to what.

    ``part`` is "" for the version itself, else kind and key of the part: "stage 17".

    Personal data: who changed a technology. Purpose: memory of the authors. Kept with the version.
    """

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="changes")
    part = models.CharField(max_length=40, blank=True)
    label = models.CharField(max_length=200, blank=True)  # what the part was called then: it may be gone
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a technology")
        verbose_name_plural = _("changes of technologies")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["version", "at"], name="technology_change_at")]

    def __str__(self) -> str:
        return f"{self.part} {self.field}"


class ReviewComment(models.Model):
    """What a reviewer says about one part of a version, and whether the authors have dealt with it.

    Personal data: who commented. Purpose: review. Kept with the version.
    """

    version = models.ForeignKey(TechnologyVersion, models.CASCADE, related_name="comments")
    part = models.CharField(_("part"), max_length=40, blank=True)
    text = models.TextField(_("comment"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    resolved_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("review comment")
        verbose_name_plural = _("review comments")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.part}: {self.text[:40]}"
