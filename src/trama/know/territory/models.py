"""What is kept about the territory, and what may never be false."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..vocabulary import Dependency, Location, PlaceKind


class Place(models.Model):
    """A level of the official territory. The primary key is the official code (``PlaceKind``)."""

    code = models.PositiveIntegerField(_("official code"), primary_key=True)
    kind = models.CharField(_("level"), max_length=12, choices=PlaceKind)
    name = models.CharField(_("name"), max_length=160)
    search_name = models.CharField(max_length=160, editable=False)  # lower case, no accents, single spaces
    acronym = models.CharField(_("acronym"), max_length=4, blank=True)  # states and regions
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    state_code = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)  # own code for a state
    region_code = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    latitude = models.FloatField(_("latitude, degrees"), null=True, blank=True)
    longitude = models.FloatField(_("longitude, degrees"), null=True, blank=True)
    is_capital = models.BooleanField(_("state capital"), default=False)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)  # null: before the records held here
    extinct_on = models.DateField(_("extinct on"), null=True, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [
            models.Index(fields=["kind", "search_name"], name="place_kind_name"),
            models.Index(fields=["state_code", "kind"], name="place_state_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                name="place_code_fits_its_kind",
                condition=(
                    Q(kind=PlaceKind.COUNTRY, code=0)
                    | Q(kind=PlaceKind.REGION, code__range=(1, 5))
                    | Q(kind=PlaceKind.STATE, code__range=(11, 99))
                    | Q(kind=PlaceKind.MUNICIPALITY, code__range=(1_000_000, 9_999_999))
                    | Q(kind=PlaceKind.SCHOOL, code__range=(10_000_000, 99_999_999))
                ),
            ),
            models.CheckConstraint(
                name="place_extinct_after_installed",
                condition=Q(extinct_on__isnull=True)
                | Q(installed_on__isnull=True)
                | Q(extinct_on__gt=F("installed_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code6(self) -> str:
        """The 6-digit form that Siope, Datasus and older files use: without the check digit."""
        return str(self.code)[:6]


class _OfKind(models.Manager["Place"]):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def get_queryset(self) -> models.QuerySet["Place"]:
        return super().get_queryset().filter(kind=self.kind)


class Region(Place):
    """One of the five great regions (codes 1 to 5)."""

    objects: ClassVar[_OfKind] = _OfKind(PlaceKind.REGION)  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("region")


class State(Place):
    """A state or the Federal District (codes 11 to 53)."""

    objects: ClassVar[_OfKind] = _OfKind(PlaceKind.STATE)  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("state")


class Municipality(Place):
    """A municipality (7-digit code)."""

    objects: ClassVar[_OfKind] = _OfKind(PlaceKind.MUNICIPALITY)  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("municipality")


# The last digit of a network's number: the codes of the School Census.
DIGITS = {Dependency.FEDERAL: 1, Dependency.STATE: 2, Dependency.MUNICIPAL: 3, Dependency.PRIVATE: 4}


class TeachingNetwork(models.Model):
    """Who runs schools in a place: the municipal network of a municipality, the other networks of a state.

    The Federal District and Fernando de Noronha have no municipal network. The primary key is
    ``place code * 10 + digit`` (``DIGITS``), so that it is the same on every installation.
    """

    id = models.PositiveBigIntegerField(primary_key=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="networks")
    dependency = models.CharField(_("administrative dependency"), max_length=10, choices=Dependency)
    name = models.CharField(_("name"), max_length=200)
    search_name = models.CharField(max_length=200, editable=False)

    class Meta:
        verbose_name = _("teaching network")
        verbose_name_plural = _("teaching networks")
        constraints = [
            models.UniqueConstraint(fields=["place", "dependency"], name="one_network_per_place_and_dependency"),
            models.CheckConstraint(
                name="network_dependency_is_a_network",
                condition=Q(dependency__in=["federal", "estadual", "municipal", "privada"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class School(models.Model):
    """A school of the School Census. Name, municipality and position are in its place (Inep code)."""

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="school")
    network = models.ForeignKey(TeachingNetwork, models.PROTECT, null=True, blank=True, related_name="schools")
    municipality = models.ForeignKey(Place, models.PROTECT, related_name="schools")
    dependency = models.CharField(_("administrative dependency"), max_length=10, choices=Dependency, blank=True)
    location = models.CharField(_("location"), max_length=1, choices=Location, blank=True)
    status = models.PositiveSmallIntegerField(_("operating status"), null=True, blank=True)  # 1 active … 4 closed
    census_year = models.PositiveSmallIntegerField(_("last census read"), null=True, blank=True)

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        indexes = [models.Index(fields=["municipality", "dependency"], name="school_municipality")]

    def __str__(self) -> str:
        return self.place.name


class Drawing(models.Model):
    """The frame of the outlines of a country or a state: how degrees become drawing units.

    Equirectangular, with the width corrected by the cosine of the middle latitude. ``x = (longitude - west) * scale_x``
    and ``y = (north - latitude) * scale_y``, in units; the larger side has 10,000. A place without an outline is drawn
    as a point by the same rule.
    """

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="drawing")
    west = models.FloatField(_("west, degrees"))
    north = models.FloatField(_("north, degrees"))
    scale_x = models.FloatField(_("units per degree of longitude"))
    scale_y = models.FloatField(_("units per degree of latitude"))
    width = models.PositiveSmallIntegerField(_("width, units"))
    height = models.PositiveSmallIntegerField(_("height, units"))

    class Meta:
        verbose_name = _("drawing")
        verbose_name_plural = _("drawings")

    def __str__(self) -> str:
        return f"{self.place_id}"

    def point(self, latitude: float, longitude: float) -> tuple[int, int]:
        """Where a point falls, in drawing units."""
        return round((longitude - self.west) * self.scale_x), round((self.north - latitude) * self.scale_y)


class Boundary(models.Model):
    """The outline of a place, projected and quantised once so that a page can draw it without computing.

    Paths are SVG path data (integers) in a 0-10,000 square of the drawing named by ``drawing``: ``country`` (all of
    Brazil) or ``state`` (the place's own state). ``Drawing`` keeps the frame. Fill by the even-odd rule.
    """

    place = models.ForeignKey(Place, models.CASCADE, related_name="boundaries")
    drawing = models.CharField(max_length=8, choices=[("country", _("country")), ("state", _("state"))])
    path = models.TextField()
    release = models.ForeignKey("know.Release", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")
        constraints = [models.UniqueConstraint(fields=["place", "drawing"], name="one_outline_per_drawing")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.drawing}"


class NetworkGroup(models.Model):
    """A group of networks: consortium, education development arrangement (ADE), forum, programme edition."""

    class Kind(models.TextChoices):
        CONSORTIUM = "consorcio", _("public consortium")
        ARRANGEMENT = "ade", _("education development arrangement (ADE)")
        FORUM = "forum", _("forum or collegiate")
        REGIME = "regime", _("state-municipal collaboration regime")
        PROGRAMME = "programa", _("edition of a programme")

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200)
    search_name = models.CharField(max_length=240, editable=False)

    class Meta:
        verbose_name = _("group of networks")
        verbose_name_plural = _("groups of networks")

    def __str__(self) -> str:
        return self.name


class GroupMembership(models.Model):
    """A network in a group, from a day until the day before another. Null start: before the first record."""

    group = models.ForeignKey(NetworkGroup, models.CASCADE, related_name="memberships")
    network = models.ForeignKey(TeachingNetwork, models.PROTECT, related_name="memberships")
    start = models.DateField(_("from"), null=True, blank=True)
    end = models.DateField(_("until (exclusive)"), null=True, blank=True)
    source_date = models.CharField(_("date stated by the source"), max_length=120, blank=True)
    source_address = models.CharField(_("source"), max_length=400, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["group", "network", "start"], name="one_membership_per_start"),
            models.UniqueConstraint(
                fields=["group", "network"], condition=Q(start__isnull=True), name="one_membership_from_the_beginning"
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(end__isnull=True) | Q(start__isnull=True) | Q(end__gt=F("start")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.network_id}"
