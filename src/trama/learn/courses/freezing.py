"""The database itself refuses to change a published version of a course, or anything it holds, whoever writes.

Only its state may still go on, from published to retired. Drafts are free.
"""

from trama.foundation.guards import FrozenRow, Guards, Parent, frozen_parts

FROZEN = "a published version of a course never changes"
VERSION = "learn_courseversion"
_OF_MODULE = "(SELECT m.version_id FROM learn_module m WHERE m.id = {row}.module_id)"
OF_PART = "(SELECT m.version_id FROM learn_module m JOIN learn_part p ON p.module_id = m.id WHERE p.id = {row}.%s)"
_OF_QUESTION = (
    "(SELECT m.version_id FROM learn_module m JOIN learn_part p ON p.module_id = m.id"
    " JOIN learn_question q ON q.quiz_id = p.id WHERE q.id = {row}.question_id)"
)
_OF_CRITERION = (
    "(SELECT m.version_id FROM learn_module m JOIN learn_part p ON p.module_id = m.id"
    " JOIN learn_rubriccriterion c ON c.assignment_id = p.id WHERE c.id = {row}.criterion_id)"
)
_LISTS = ("courseaudience", "coursetechnology", "coursecriterion", "glossaryterm", "libraryitem", "furtherreading")

PUBLISHED = Parent(VERSION, "{row}.state <> 'draft'")

GUARDS = Guards(
    ("learn", "0002_freeze_published_courses"),
    FrozenRow(
        VERSION,
        "frozen",
        FROZEN,
        frozen="OLD.state <> 'draft'",
        refused="{changed} OR NEW.state = 'draft' OR (OLD.state = 'retired' AND NEW.state <> 'retired')",
        may_change=("state", "revision", "changed_at"),
    ),
    *frozen_parts(
        PUBLISHED,
        {
            **{f"learn_{name}": "{row}.version_id" for name in (*_LISTS, "module")},
            "learn_part": _OF_MODULE,
            **{f"learn_{name}": OF_PART % "part_ptr_id" for name in ("lesson", "quiz", "assignment")},
            "learn_question": OF_PART % "quiz_id",
            "learn_option": _OF_QUESTION,
            "learn_rubriccriterion": OF_PART % "assignment_id",
            "learn_rubriclevel": _OF_CRITERION,
        },
        message=FROZEN,
    ),
)
