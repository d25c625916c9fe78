"""Pages where authors send packages, see what was found in them, try them, and bring in cartridges."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trama.foundation.http import own_transactions
from trama.foundation.policies import route

from ..courses.author_views import page_of
from ..courses.errors import CourseError
from ..courses.models import CourseVersion, Module, Package, PackageFile
from ..courses.reader_views import version_or_404
from ..policies import AUTHOR_PAGES
from .addresses import domain
from .archive import Finding
from .authoring import bring_in, send_cartridge, send_package
from .errors import PackageError
from .forms import CartridgeForm, PackageForm
from .frames import in_its_frame
from .presentation import lines_of, setup_of_preview
from .selectors import files_visible_to, runnable
from .unit_presentation import lines_of_units, setup_of_units
from .units import course_of, way_through
from .wording import note


def _package_or_404(version: CourseVersion, pk: int) -> Package:
    """A package of this very version."""
    return get_object_or_404(Package.objects.select_related("file", "module"), pk=pk, module__version=version)


def _notes(file: PackageFile | None) -> list[str]:
    """What was left out or will not work, in words."""
    return [note(Finding(**row)) for row in file.manifest["notes"]] if file is not None else []


def _lines(file: PackageFile | None) -> list[dict[str, Any]]:
    """The items of a package, of no learner."""
    if file is None:
        return []
    if file.kind == PackageFile.Kind.CMI5:
        return lines_of_units(file, way_through(course_of(file), None))
    return lines_of(file, {})


@route(AUTHOR_PAGES)
@never_cache
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def package_file(request: HttpRequest, slug: str, label: str, pk: int) -> HttpResponse:
    """The file of a part: what was found in it, and a new one in its place."""
    version = version_or_404(request, slug, label)
    package = _package_or_404(version, pk)
    form = PackageForm(request.POST or None, request.FILES or None, initial={"revision": package.revision})
    if request.method == "POST" and form.is_valid():
        upload, revision = form.cleaned_data["file"], form.cleaned_data["revision"]
        try:
            send_package(version, package, upload, revision=revision, by=request.user, at=timezone.now())
        except (PackageError, CourseError) as problem:
            form.add_error("file", str(problem))
        else:
            messages.success(request, _("The package was read and is part of the draft."))
            return redirect("learn:package_file", slug, label, pk)
    context = {
        "version": version,
        "course": version.course,
        "package": package,
        "file": package.file,
        "lines": _lines(package.file),
        "count": len(runnable(package.file)) if package.file else 0,
        "notes": _notes(package.file),
        "form": form,
        "is_draft": version.state == CourseVersion.State.DRAFT,
        "can_run": bool(domain()),
    }
    return render(request, "learn/packages/file.html", context, status=422 if form.errors else 200)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def try_package(request: HttpRequest, slug: str, label: str, pk: int) -> HttpResponse:
    """The package as a learner runs it; nothing is kept."""
    version = version_or_404(request, slug, label)
    package = _package_or_404(version, pk)
    if package.file is None:
        raise Http404
    units = package.file.kind == PackageFile.Kind.CMI5
    setup = None
    if domain():
        made = setup_of_units(request, package.file, f"author {request.user.pk}", timezone.now()) if units else None
        setup = made or setup_of_preview(request, package, timezone.now())
    if setup and units:
        setup["open"] = reverse("learn:try_unit", args=[slug, label, pk])
    context = {
        "package": package,
        "course": version.course,
        "version": version,
        "setup": setup,
        "units": units,
        "lines": _lines(package.file),
    }
    response = render(request, "learn/packages/try.html", context)
    return in_its_frame(response, setup["origin"]) if setup else response


@route(AUTHOR_PAGES)
@never_cache
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def cartridge(request: HttpRequest, slug: str, label: str, module: int) -> HttpResponse:
    """Send a Common Cartridge, to see what of it a module can take."""
    version = version_or_404(request, slug, label)
    place = get_object_or_404(Module, pk=module, version=version)
    form = CartridgeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            file = send_cartridge(version, form.cleaned_data["file"], by=request.user, at=timezone.now())
        except (PackageError, CourseError) as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("learn:cartridge_found", slug, label, module, file.uid)
    context = {"version": version, "course": version.course, "module": place, "form": form}
    return render(request, "learn/packages/cartridge.html", context, status=422 if form.errors else 200)


@route(AUTHOR_PAGES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cartridge_found(request: HttpRequest, slug: str, label: str, module: int, uid: UUID) -> HttpResponse:
    """What was found, before anything is made of it; on POST it becomes parts of the module."""
    version = version_or_404(request, slug, label)
    place = get_object_or_404(Module, pk=module, version=version)
    rows = files_visible_to(request.user).filter(kind=PackageFile.Kind.CARTRIDGE)
    file = get_object_or_404(rows, uid=uid)
    if request.method == "POST":
        try:
            count = bring_in(version, place, file, by=request.user, at=timezone.now())
        except (PackageError, CourseError) as problem:
            messages.error(request, str(problem))
        else:
            told = ngettext("%(n)d part was brought in.", "%(n)d parts were brought in.", count) % {"n": count}
            messages.success(request, told)
        return redirect(f"{page_of(version)}#module-{place.pk}")
    context = {
        "version": version,
        "course": version.course,
        "module": place,
        "file": file,
        "more": file.manifest["more"],
        "notes": _notes(file),
        "is_draft": version.state == CourseVersion.State.DRAFT,
    }
    return render(request, "learn/packages/cartridge_found.html", context)
