"""What the database guards: files and commits are only added, a package of a published version is frozen."""

from trama.foundation.guards import Guards, append_only, frozen_parts

from ..courses.freezing import FROZEN, PUBLISHED

GUARDS = Guards(
    ("learn", "0011_packages_stay_as_they_are"),
    *append_only("learn_packagefile", message="a package that was sent never changes"),
    *append_only("learn_packagecommit", message="what a package gave is only added to"),
    *frozen_parts(
        PUBLISHED,
        {
            "learn_package": "(SELECT m.version_id FROM learn_module m JOIN learn_part p ON p.module_id = m.id"
            " WHERE p.id = {row}.part_ptr_id)"
        },
        message=FROZEN,
    ),
)
