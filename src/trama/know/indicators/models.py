"""What is kept about indicators, and what may never be false."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..territory.models import Place
from ..vocabulary import Dependency, Location, Stage, ValueStatus


class Indicator(models.Model):
    """What a number means. Shipped in ``content/indicators.toml``; texts may be edited afterwards."""

    code = models.SlugField(primary_key=True, max_length=40)
    name_pt = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    definition_pt = models.TextField()
    definition_en = models.TextField()
    unit = models.CharField(_("unit"), max_length=20)
    decimals = models.PositiveSmallIntegerField(_("decimals shown"))
    family = models.CharField(_("family"), max_length=20)
    better = models.CharField(_("better when"), max_length=6, blank=True)  # higher, lower or nothing
    person_count = models.BooleanField(_("counts people: protected by the minimum cell"), default=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)  # of the row as shipped content left it

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_pt

    @property
    def definition(self) -> str:
        return self.definition_en if (get_language() or "").startswith("en") else self.definition_pt


class Release(models.Model):
    """One official file, as read. Its rows count only while it is published."""

    class State(models.TextChoices):
        STAGED = "staged", _("being read")
        REJECTED = "rejected", _("rejected: nothing was kept but the report")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    source = models.SlugField(_("source"), max_length=60)  # the reader's name, e.g. "inep-ideb-municipalities"
    title_pt = models.CharField(_("title"), max_length=240)
    title_en = models.CharField(_("title in English"), max_length=240)
    publisher = models.CharField(_("publisher"), max_length=80)  # IBGE, MEC/Inep, FNDE, …
    vintage = models.CharField(_("vintage"), max_length=40)  # sorts: "2023", "2025-08", "2022-12-28"
    reference_address = models.CharField(_("where it was published"), max_length=400, blank=True)
    file_name = models.CharField(_("file"), max_length=255)
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    file_bytes = models.PositiveBigIntegerField(_("size in bytes"))
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_accepted = models.PositiveIntegerField(_("rows accepted"), default=0)
    rows_rejected = models.PositiveIntegerField(_("rows rejected"), default=0)
    observations_count = models.PositiveIntegerField(_("observations"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STAGED)
    is_demonstration = models.BooleanField(_("invented data"), default=False)
    created_at = models.DateTimeField(_("read at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "file_sha256"],
                condition=Q(state="published"),
                name="a_file_is_published_once",
            ),
            models.CheckConstraint(
                name="published_release_has_a_date",
                condition=~Q(state="published") | Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return self.title_en if (get_language() or "").startswith("en") else self.title_pt

    @title.setter
    def title(self, text: str) -> None:
        self.title_pt = self.title_en = text


class Observation(models.Model):
    """One number, or the reason why there is none. Never zero for missing."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, models.CASCADE, related_name="observations")
    # No indexes of their own: the two below begin with them.
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(Place, models.PROTECT, related_name="observations", db_index=False)
    dependency = models.CharField(max_length=10, choices=Dependency, default=Dependency.TOTAL)
    stage = models.CharField(max_length=4, choices=Stage, blank=True, default=Stage.NONE)
    grade = models.PositiveSmallIntegerField(default=0)  # 0: the whole stage
    location = models.CharField(max_length=1, choices=Location, blank=True, default=Location.ALL)
    year = models.PositiveSmallIntegerField()
    value = models.FloatField(null=True)
    status = models.CharField(max_length=1, choices=ValueStatus, default=ValueStatus.VALUE)

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "indicator", "year", "dependency", "stage", "grade", "location", "release"],
                name="one_observation_per_cell",
            ),
            models.CheckConstraint(
                name="observation_has_a_value_or_a_reason",
                condition=Q(status="v", value__isnull=False) | (~Q(status="v") & Q(value__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["indicator", "year", "dependency", "stage", "place"], name="observation_across"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.place_id} {self.year}"
