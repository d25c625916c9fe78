"""What the database guards: what was sent is only added to, videos and files of a published version are frozen."""

from trama.foundation.guards import Guards, append_only, frozen_parts

from ..courses.freezing import FROZEN, PUBLISHED

GUARDS = Guards(
    ("learn", "0071_videos_and_files_stay_as_they_are"),
    *append_only("learn_sentfile", message="a file that was sent never changes"),
    *frozen_parts(PUBLISHED, {f"learn_{name}": "{row}.version_id" for name in ("video", "lessonfile")}, message=FROZEN),
)
