"""What the database guards of external tools: what they told of learners, and the tool parts of published courses."""

from trama.foundation.guards import Guards, Parent, append_only, frozen_parts

from ..courses.freezing import FROZEN, OF_PART, VERSION

GUARDS = Guards(
    ("learn", "0031_what_tools_told_stays"),
    *append_only("learn_toolscore", message="what a tool told is only added to"),
    *frozen_parts(
        Parent(VERSION, "{row}.state <> 'draft'"), {"learn_toolpart": OF_PART % "part_ptr_id"}, message=FROZEN
    ),
)
