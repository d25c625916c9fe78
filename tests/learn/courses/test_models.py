"""What may never be false of courses, whoever writes."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, models, transaction

from tests.learn import factories
from trama.learn.models import CourseVersion, Part, RubricLevel

pytestmark = pytest.mark.django_db


def rows_of(version: CourseVersion) -> Iterator[models.Model]:
    """Every row that hangs on a version, however deep, but for the memory of who changed it."""
    waiting: list[models.Model] = [version]
    while waiting:
        row = waiting.pop()
        for relation in row._meta.related_objects:
            if relation.related_model._meta.app_label != "learn" or relation.name in ("changes", "+"):
                continue
            if relation.on_delete is not models.CASCADE or relation.parent_link:
                continue
            found = list(relation.related_model._default_manager.filter(**{relation.field.name: row.pk}))
            found = [getattr(one, one.kind) if isinstance(one, Part) else one for one in found]
            waiting += found
            yield from found


def refused(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError as problem:
        return "never changes" in str(problem)
    return False


def test_a_published_version_refuses_every_change_of_itself_and_of_all_it_holds():
    version = factories.a_version()
    assert refused(lambda: CourseVersion.objects.filter(pk=version.pk).update(hours=40))
    assert refused(lambda: CourseVersion.objects.filter(pk=version.pk).update(state="draft"))
    seen = set()
    for row in rows_of(version):
        model = type(row)
        seen.add(model._meta.model_name)
        assert refused(lambda row=row: row.save()), model
        for parent in [model, *model._meta.all_parents]:
            assert refused(lambda row=row, parent=parent: parent.objects.filter(pk=row.pk)._raw_delete("default")), (
                parent
            )
    ours = {one._meta.model_name for one in apps.get_app_config("learn").get_models()}
    held = {name for name in ours if name.startswith("course") or name in (
        "module", "lesson", "quiz", "assignment", "question", "option", "rubriccriterion", "rubriclevel", "libraryitem",
        "glossaryterm", "furtherreading",
    )} - {"course", "courseversion", "coursechange", "coursetechnology", "coursecriterion"}  # fmt: skip
    assert seen >= held
    assert refused(lambda: version.technologies.create(slug="x"))
    assert refused(lambda: version.criteria.create(code="1.1.1"))
    assert refused(lambda: factories.a_module(version, 9))


def test_a_draft_is_free_and_a_published_version_may_retire():
    draft = factories.a_version(state="draft")
    for row in rows_of(draft):
        row.save()
    CourseVersion.objects.filter(pk=draft.pk).update(hours=2)
    factories.seal(draft)
    CourseVersion.objects.filter(pk=draft.pk).update(state="retired")
    assert refused(lambda: CourseVersion.objects.filter(pk=draft.pk).update(state="published"))


def test_a_part_cannot_be_moved_into_a_published_version():
    published, draft = factories.a_version(), factories.a_version(state="draft")
    part = Part.objects.filter(module__version=draft).first()
    assert refused(lambda: Part.objects.filter(pk=part.pk).update(module=published.modules.get()))


def test_one_version_of_a_course_is_published():
    version = factories.a_version()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.a_version(course=version.course, label="1.1")
    assert factories.a_version(course=version.course, label="1.1", state="draft").state == "draft"


def test_a_part_has_its_key_and_its_place_among_the_others():
    version = factories.a_version(state="draft")
    keys = [part.key for part in version.modules.get().parts.all()]
    assert keys == ["lesson:aula-1", "quiz:teste-1", "assignment:tarefa-1"]
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.a_lesson(version.modules.get(), "aula-1", 4)


def test_a_rubric_has_levels_one_to_four():
    version = factories.a_version(state="draft")
    criterion = RubricLevel.objects.filter(criterion__assignment__module__version=version).first().criterion
    for level in (0, 5):
        with pytest.raises(IntegrityError), transaction.atomic():
            criterion.levels.create(level=level, text_pt="?", text_en="?")
