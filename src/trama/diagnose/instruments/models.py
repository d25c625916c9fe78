"""What is kept about instruments, and what may never be false."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import localised
from trama.know.api import OfOneScope, Stage, one_scope


class Level(models.IntegerChoices):
    """The four anchored levels, from worst to best. Their names are fixed in the field's own words."""

    FRAGILE = 1, _("Fragile")
    BASIC = 2, _("Basic")
    ADEQUATE = 3, _("Adequate")
    EXEMPLARY = 4, _("Exemplary")

    @property
    def field(self) -> str:
        """The name of the column that describes the level: ``fragile``, ``basic``, …"""
        return self.name.lower()


class _Text:
    """``title = _Text()``: the text of ``title_pt`` or ``title_en``, in the language of the page."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: Any, owner: type) -> Any:
        return self if row is None else localised(row, self.name)


class Instrument(models.Model):
    """A questionnaire of self-diagnosis, over all its versions."""

    class Scope(models.TextChoices):
        NETWORK = "network", _("teaching network")
        SCHOOL = "school", _("school")
        TERRITORY = "territory", _("group of networks")

    slug = models.SlugField(max_length=60, unique=True)
    scope = models.CharField(_("answered by"), max_length=10, choices=Scope)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug


class InstrumentVersion(models.Model):
    """One edition of an instrument. Once published its texts never change: rounds stand on it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="versions")
    version = models.CharField(_("version"), max_length=20)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    summary_pt = models.TextField(_("summary (Portuguese)"))
    summary_en = models.TextField(_("summary (English)"))
    guidance_pt = models.TextField(_("guidance (Portuguese)"))
    guidance_en = models.TextField(_("guidance (English)"))
    authors_pt = models.CharField(_("authors (Portuguese)"), max_length=300)
    authors_en = models.CharField(_("authors (English)"), max_length=300)
    note_pt = models.TextField(_("note (Portuguese)"), blank=True)
    note_en = models.TextField(_("note (English)"), blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: it came with the content
    content_hash = models.CharField(max_length=64, blank=True, editable=False)  # of everything it says

    title, summary, guidance, authors, note = _Text(), _Text(), _Text(), _Text(), _Text()

    class Meta:
        verbose_name = _("version of an instrument")
        verbose_name_plural = _("versions of instruments")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "version"], name="one_instrument_version_per_label"),
            models.UniqueConstraint(
                fields=["instrument"], condition=Q(state="published"), name="one_published_version_per_instrument"
            ),
            models.CheckConstraint(
                name="published_instrument_has_its_date",
                condition=Q(state="draft") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class LevelMeaning(models.Model):
    """What a level means in general, in one version."""

    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="levels")
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    meaning_pt = models.TextField(_("meaning (Portuguese)"))
    meaning_en = models.TextField(_("meaning (English)"))

    meaning = _Text()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "level"], name="one_meaning_per_level")]
        ordering = ["level"]

    def __str__(self) -> str:
        return f"{self.get_level_display()}"


class Respondent(models.Model):
    """A kind of person who should answer some of the criteria (the director, teachers, a council…)."""

    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="respondents")
    key = models.SlugField(max_length=40, allow_unicode=False)
    name_pt = models.CharField(_("name (Portuguese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=120)
    position = models.PositiveSmallIntegerField(default=1)

    name = _Text()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="one_respondent_per_key")]
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.name)


class Dimension(models.Model):
    """The first level of an instrument."""

    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="dimensions")
    code = models.CharField(_("number"), max_length=8)
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    summary_pt = models.TextField(_("summary (Portuguese)"), blank=True)
    summary_en = models.TextField(_("summary (English)"), blank=True)

    title, summary = _Text(), _Text()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "slug"], name="one_dimension_per_slug")]
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.title)


class Area(models.Model):
    """The second level of an instrument: a group of criteria."""

    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="areas")
    code = models.CharField(_("number"), max_length=8)
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    summary_pt = models.TextField(_("summary (Portuguese)"), blank=True)
    summary_en = models.TextField(_("summary (English)"), blank=True)

    title, summary = _Text(), _Text()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dimension", "slug"], name="one_area_per_slug")]
        ordering = ["position"]

    def __str__(self) -> str:
        return str(self.title)


class Criterion(models.Model):
    """One thing that is judged: a question and four levels described by observable practice.

    ``key`` stays the same over the versions of an instrument; ``anchors_hash`` says whether question and levels did.
    """

    version = models.ForeignKey(InstrumentVersion, models.CASCADE, related_name="criteria")
    area = models.ForeignKey(Area, models.CASCADE, related_name="criteria")
    key = models.SlugField(max_length=80)
    code = models.CharField(_("number"), max_length=12)
    position = models.PositiveSmallIntegerField()  # over the whole version, from 1
    starred = models.BooleanField(_("in the short version"), default=False)
    weight = models.PositiveSmallIntegerField(_("weight (1 to 3)"), default=1)
    reach = models.PositiveSmallIntegerField(_("reach (1 to 3)"), default=2)
    governability = models.PositiveSmallIntegerField(_("governability (1 to 3)"), default=2)
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    question_pt = models.TextField(_("question (Portuguese)"))
    question_en = models.TextField(_("question (English)"))
    fragile_pt = models.TextField(_("Fragile (Portuguese)"))
    fragile_en = models.TextField(_("Fragile (English)"))
    basic_pt = models.TextField(_("Basic (Portuguese)"))
    basic_en = models.TextField(_("Basic (English)"))
    adequate_pt = models.TextField(_("Adequate (Portuguese)"))
    adequate_en = models.TextField(_("Adequate (English)"))
    exemplary_pt = models.TextField(_("Exemplary (Portuguese)"))
    exemplary_en = models.TextField(_("Exemplary (English)"))
    evidence_pt = models.TextField(_("examples of evidence (Portuguese)"), blank=True)  # one a line
    evidence_en = models.TextField(_("examples of evidence (English)"), blank=True)
    law_pt = models.TextField(_("legal basis (Portuguese)"), blank=True)
    law_en = models.TextField(_("legal basis (English)"), blank=True)
    why_pt = models.TextField(_("why it matters (Portuguese)"), blank=True)
    why_en = models.TextField(_("why it matters (English)"), blank=True)
    anchors_hash = models.CharField(max_length=64, editable=False)
    respondents = models.ManyToManyField(Respondent, related_name="criteria", blank=True)

    title, question, law, why = _Text(), _Text(), _Text(), _Text()
    fragile, basic, adequate, exemplary = _Text(), _Text(), _Text(), _Text()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="one_criterion_per_key"),
            models.CheckConstraint(
                name="criterion_factors_are_1_to_3",
                condition=Q(weight__range=(1, 3)) & Q(reach__range=(1, 3)) & Q(governability__range=(1, 3)),
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def anchors(self) -> list[tuple[Level, str]]:
        """The four levels with what each looks like, from worst to best."""
        return [(level, localised(self, level.field)) for level in Level]

    @property
    def evidence(self) -> list[str]:
        """Examples of what shows the level, one each."""
        return [line for line in localised(self, "evidence").split("\n") if line]


class CriterionIndicator(models.Model):
    """An official indicator shown beside a criterion, and how it reads.

    Where the three cuts are given, a figure suggests a level: from ``cut_basic`` on basic, and so on (``better`` lower:
    up to).
    """

    class Better(models.TextChoices):
        HIGHER = "higher", _("higher")
        LOWER = "lower", _("lower")

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="indicators")
    indicator = models.CharField(_("indicator"), max_length=40)  # a code of know.Indicator
    stage = models.CharField(_("stage"), max_length=4, choices=Stage, blank=True)
    better = models.CharField(_("better"), max_length=6, choices=Better, default=Better.HIGHER)
    note_pt = models.TextField(_("what it can say (Portuguese)"), blank=True)
    note_en = models.TextField(_("what it can say (English)"), blank=True)
    cut_basic = models.FloatField(null=True, blank=True)
    cut_adequate = models.FloatField(null=True, blank=True)
    cut_exemplary = models.FloatField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    note = _Text()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["criterion", "indicator", "stage"], name="one_figure_per_criterion"),
            models.CheckConstraint(
                name="three_cuts_or_none",
                condition=Q(cut_basic__isnull=True, cut_adequate__isnull=True, cut_exemplary__isnull=True)
                | Q(cut_basic__isnull=False, cut_adequate__isnull=False, cut_exemplary__isnull=False),
            ),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.criterion_id} {self.indicator}"


class CriterionTechnology(models.Model):
    """A technology that answers a criterion, by its slug: technologies live in a later phase."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="technologies")
    technology = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["criterion", "technology"], name="one_link_per_criterion_and_technology")
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.technology


class OwnQuestion(OfOneScope):
    """A question that a network, school or group adds to its own rounds. The four descriptions are all there, or none.

    It can be reworded until a round asks it; from then on it can only be retired. ``revision`` grows with each change.
    """

    title = models.CharField(_("title"), max_length=160)
    question = models.TextField(_("question"))
    fragile = models.TextField(_("Fragile"), blank=True)
    basic = models.TextField(_("Basic"), blank=True)
    adequate = models.TextField(_("Adequate"), blank=True)
    exemplary = models.TextField(_("Exemplary"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("own question")
        verbose_name_plural = _("own questions")
        constraints = [
            one_scope("own_question_has_one_owner"),
            models.CheckConstraint(
                name="own_question_has_four_descriptions_or_none",
                condition=Q(fragile="", basic="", adequate="", exemplary="")
                | (~Q(fragile="") & ~Q(basic="") & ~Q(adequate="") & ~Q(exemplary="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def anchors(self) -> list[tuple[Level, str]]:
        """The four levels with their descriptions; nothing where the question has none."""
        return [(level, getattr(self, level.field)) for level in Level] if self.fragile else []
