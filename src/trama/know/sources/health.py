"""What ``trama doctor`` asks of the imports."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...foundation.doctor import Finding, good, warning
from ..indicators.models import Release
from .errors import ImportBusy
from .lock import import_lock
from .rawfiles import raw_path
from .staging import clear_staged


def staged_imports() -> Iterator[Finding]:
    """Clears what dead imports left behind, and looks for the raw files of what is published."""
    try:
        with import_lock(wait_seconds=0):
            cleared = clear_staged()
    except ImportBusy:
        yield good(_("An import is running."))
    else:
        if cleared:
            said = ngettext(
                "%(count)d import that had stopped half-way was cleared away; nobody had seen it.",
                "%(count)d imports that had stopped half-way were cleared away; nobody had seen them.",
                cleared,
            )
            yield good(said % {"count": cleared})
        else:
            yield good(_("No import stopped half-way."))
    published = Release.objects.filter(state=Release.State.PUBLISHED).values_list("file_name", "file_sha256")
    lost = [name for name, sha256 in published if not raw_path(sha256).exists()]
    if lost:
        names = ", ".join(lost[:5])
        mend = _("Import these files again, or bring back the folder of raw files from a backup.")
        yield warning(_("Raw files missing: %(count)d (%(names)s)") % {"count": len(lost), "names": names}, mend)
