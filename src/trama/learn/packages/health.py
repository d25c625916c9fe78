"""What can be wrong with packages on an installation: no domain to run them on, a file that is gone."""

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trama.foundation.doctor import Finding, failure, good, warning

from ..courses.models import Package, PackageFile
from .addresses import domain


def packages_can_be_opened() -> Iterator[Finding]:
    """For ``trama doctor``: packages have a domain where any are used, and every file is where it was put."""
    used = Package.objects.filter(file__isnull=False).count()
    if domain():
        yield good(_("Interactive content runs on %s.") % domain())
    elif used:
        yield warning(
            ngettext(
                "%(n)d interactive content cannot be opened: packages have no domain to run on.",
                "%(n)d interactive contents cannot be opened: packages have no domain to run on.",
                used,
            )
            % {"n": used},
            _("Set TRAMA_PACKAGES_DOMAIN to a domain of its own (docs/user/installation.md)."),
        )
    names = set(PackageFile.objects.values_list("file", flat=True))
    gone = sorted(name for name in names if not default_storage.exists(name))
    if gone:
        yield failure(
            ngettext("%(n)d package file is gone.", "%(n)d package files are gone.", len(gone)) % {"n": len(gone)},
            _("Bring the folder media/packages back from the backup; the first is %s.") % gone[0],
        )
