"""A class whose course has packages that run, for tests of what learners do in them."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from tests.accounts import factories as accounts
from tests.learn import factories
from tests.learn.factories import NOON, in_two
from tests.learn.progress.world import Class, a_cohort, an_enrolment
from trama.accounts.models import User
from trama.learn.models import (
    Cmi5Course,
    CohortTrainer,
    Package,
    PackageAttempt,
    PackageFile,
    PackageLaunch,
    PackageStructure,
    Part,
)
from trama.learn.packages.apart import records

from . import making


def a_file(by: User, members: Any = None, *, name: str = "pacote.zip") -> PackageFile:
    """A package as the process apart reads it, without starting one."""
    content = making.zipped(members or making.scorm_12())
    row = PackageFile(
        file_name=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content), uploaded_by=by, uploaded_at=NOON
    )
    row.file.save("package.zip", ContentFile(content), save=False)
    (record,) = records(Path(row.file.path))
    found = record["found"]
    row.kind, row.title, row.manifest = found["kind"], found["title"], found["manifest"]
    row.unpacked, row.members = found["unpacked"], found["members"]
    structure = row.manifest["more"].pop("structure", None)
    row.save()
    if structure is not None:
        course = Cmi5Course.objects.create(publisher_id=structure["id"], structure=structure, created_at=NOON)
        PackageStructure.objects.create(file=row, course=course)
    return row


def a_package(module: Any, file: PackageFile | None, slug: str = "rede-em-acao", **fields: Any) -> Package:
    return Package.objects.create(
        module=module,
        kind=Part.Kind.PACKAGE,
        slug=slug,
        position=9,
        minutes=10,
        file=file,
        **(
            in_two("title", "Rede em ação", "The network at work")
            | in_two("alternative", "Leia a folha da biblioteca.", "Read the paper of the library.")
            | fields
        ),
    )


def a_launch_of(enrolment: Any) -> PackageLaunch:
    """A launch of a package that stands outside the course of the enrolment: for addresses alone."""
    version = factories.a_version(state="draft")
    package = a_package(version.modules.get(), a_file(accounts.a_person()))
    attempt = PackageAttempt.objects.create(
        enrolment=enrolment, package=package, number=1, began_at=NOON, changed_at=NOON, launches=1
    )
    return PackageLaunch.objects.create(attempt=attempt, number=1, at=NOON)


def a_class_with(members: Any = None, **fields: Any) -> tuple[Class, Package]:
    """A running cohort of a course that asks for its lesson and a package."""
    version = factories.a_version(state="draft", quizzes_rule="none", assignments_rule="none", lessons_rule="none")
    trainer, learner, stranger = accounts.a_person(), accounts.a_person(name="Ana Souza"), accounts.a_person()
    package = a_package(version.modules.get(), a_file(trainer, members), **fields)
    factories.seal(version)
    cohort = a_cohort(version)
    CohortTrainer.objects.create(cohort=cohort, user=trainer, since=NOON)
    an_enrolment(a_cohort(version), stranger)
    return Class(version, cohort, an_enrolment(cohort, learner), learner, trainer, stranger), package
