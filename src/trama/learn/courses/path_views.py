"""Pages where paths are written."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from . import path_services as services
from .errors import CourseError, IncompleteCourse, StaleCourse
from .forms import NewCourseForm, resubmit_as
from .lessons import page_of
from .models import Course, Path, PathMaterial
from .selectors import belongs_to_programme, paths_visible_to

CONFLICT = 409
BLANK_LINES = 2


class NewPathForm(NewCourseForm):
    """What a path needs to begin."""

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if slug == "novo" or Path.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("This address belongs to another page. Choose another one."))
        return slug


class PathForm(forms.ModelForm):
    """The texts of a path, and what completes it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Path
        fields = services.FIELDS
        help_texts = {"at_least": gettext_lazy("Leave empty where all its courses are needed.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision
        for name in services.TEXTS:
            self.fields[name].required = False
            if name.startswith("summary"):
                self.fields[name].widget.attrs["rows"] = 3

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        return [(self[f"{name}_pt"], self[f"{name}_en"]) for name in ("title", "summary")]


class _CourseLine(forms.Form):
    course = forms.ModelChoiceField(
        label=gettext_lazy("course"), queryset=Course.objects.order_by("slug"), required=False, empty_label="—"
    )
    required = forms.BooleanField(label=gettext_lazy("required"), required=False)


class _MaterialLine(forms.ModelForm):
    class Meta:
        model = PathMaterial
        fields = services.MATERIAL

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            if name.startswith("note"):
                field.widget.attrs["rows"] = 2

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        own = address.startswith("/") and not address.startswith("//")
        if address and not own and not (address.startswith("https://") and page_of(address, str)):
            raise forms.ValidationError(_("Write https://… or an address of this site that begins with /."))
        return address


def _lines(path: Path, data: Any) -> tuple[Any, Any]:
    """The formsets of courses and of materials."""
    courses: Any = forms.formset_factory(_CourseLine, extra=BLANK_LINES, can_order=True, max_num=60, absolute_max=60)
    materials: Any = forms.formset_factory(
        _MaterialLine, extra=BLANK_LINES, can_order=True, max_num=60, absolute_max=60
    )
    held = [{"course": row.course_id, "required": row.required} for row in path.courses.all()]
    texts = [{name: getattr(row, name) for name in services.MATERIAL} for row in path.materials.all()]
    return courses(data, initial=held, prefix="courses"), materials(data, initial=texts, prefix="materials")


def _in_order(formset: Any, key: str) -> list[dict[str, Any]]:
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data.get(key)]
    return sorted(rows, key=lambda row: row.get("ORDER") or len(formset.forms) + 1)


@route(AUTHOR_PAGES)
@never_cache
@require_GET
def team_paths(request: HttpRequest) -> HttpResponse:
    """Paths that the person may work on."""
    return render(request, "learn/authoring/paths.html", {"paths": paths_visible_to(request.user)})


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def new_path(request: HttpRequest) -> HttpResponse:
    """Begin a path. It starts as a draft."""
    form = NewPathForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        path = services.create_path(data["slug"], data["organisation"], data, by=request.user, at=timezone.now())
        return redirect("learn:team_path", path.slug)
    return render(request, "learn/authoring/new_path.html", {"form": form})


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def team_path(request: HttpRequest, slug: str) -> HttpResponse:
    """A path with its courses and materials, written as a whole."""
    path = get_object_or_404(paths_visible_to(request.user), slug=slug)
    form = PathForm(request.POST or None, instance=Path.objects.get(pk=path.pk))
    courses, materials = _lines(path, request.POST or None)
    status = 200
    if request.method == "POST" and all(one.is_valid() for one in (form, courses, materials)):
        try:
            services.change_path(
                path, form.cleaned_data, _once(_in_order(courses, "course")), _in_order(materials, "address"),
                revision=form.cleaned_data["revision"] or 0, by=request.user, at=timezone.now(),
            )  # fmt: skip
        except StaleCourse as conflict:
            form.add_error(None, str(conflict))
            resubmit_as(form, revision=Path.objects.get(pk=path.pk).revision)
            status = CONFLICT
        except CourseError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The path was saved."))
            return redirect("learn:team_path", path.slug)
    context = {
        "path": path,
        "form": form,
        "courses": courses,
        "materials": materials,
        "missing": services.missing_of(path),
        "publishes": belongs_to_programme(request.user),
    }
    return render(request, "learn/authoring/path.html", context, status=status)


def _once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each course once, where it comes first."""
    return list({row["course"].pk: row for row in reversed(rows)}.values())[::-1]


@route(AUTHOR_PAGES)
@never_cache
@require_POST
def change_path_state(request: HttpRequest, slug: str, action: str) -> HttpResponse:
    """Publish a path, or take it out of the catalogue."""
    path = get_object_or_404(paths_visible_to(request.user), slug=slug)
    verbs: dict[str, Any] = {"publicar": services.publish_path, "retirar": services.retire_path}
    if action not in verbs:
        raise Http404
    try:
        verbs[action](path, by=request.user, at=timezone.now())
    except IncompleteCourse as incomplete:
        for problem in incomplete.problems[:5]:
            messages.error(request, problem)
    except CourseError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The path is now: %s.") % path.get_state_display())
    return redirect("learn:team_path", path.slug)
