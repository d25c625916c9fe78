"""What is kept about courses and paths, and what may never be false."""

from .course import (
    SEALED,
    Course,
    CourseAudience,
    CourseChange,
    CourseCriterion,
    CourseTechnology,
    CourseVersion,
    FurtherReading,
    GlossaryTerm,
    LibraryItem,
)
from .media import LessonFile, SentFile, Video
from .modules import Assignment, Lesson, Module, Part, RubricCriterion, RubricLevel, ToolPart
from .packages import Package, PackageFile
from .paths import Path, PathCourse, PathMaterial
from .quizzes import Option, Question, Quiz

__all__ = [
    "SEALED",
    "Assignment",
    "Course",
    "CourseAudience",
    "CourseChange",
    "CourseCriterion",
    "CourseTechnology",
    "CourseVersion",
    "FurtherReading",
    "GlossaryTerm",
    "Lesson",
    "LessonFile",
    "LibraryItem",
    "Module",
    "Option",
    "Package",
    "PackageFile",
    "Part",
    "Path",
    "PathCourse",
    "PathMaterial",
    "Question",
    "Quiz",
    "RubricCriterion",
    "RubricLevel",
    "SentFile",
    "ToolPart",
    "Video",
]
