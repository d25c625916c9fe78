"""The list before publishing says every field as the form of its part does."""

import pytest
from django.utils import translation

from tests.learn.factories import a_version
from trama.learn.courses import publishing
from trama.learn.courses.checks import Problem
from trama.learn.courses.wording import told, where
from trama.learn.models import Lesson, Option, Question

pytestmark = pytest.mark.django_db


def test_fields_are_told_by_the_names_of_the_form():
    version = a_version(state="draft", objectives_pt="")
    version.audiences.all().delete()
    Lesson.objects.filter(module__version=version).update(title_en="")
    Question.objects.filter(kind="short").update(accepted_pt="")
    Option.objects.filter(question__kind="single", position=1).update(text_pt="")
    with translation.override("pt-br"):
        found = {(where(one), told(one)) for one in publishing.list_before_publishing(version) if one.blocks}
    assert ("Textos", "Objetivos (português): encontrado: nada; esperado: um texto.") in found
    assert ("Aula aula-1", "Título (inglês): encontrado: nada; esperado: um texto.") in found
    assert any("Respostas aceitas (português)" in sentence for _place, sentence in found)
    assert any("pergunta 1, opção 1" in place and sentence.startswith("Texto") for place, sentence in found)
    audiences = next(sentence for _place, sentence in found if sentence.startswith("Para quem"))
    assert "direções de escola" in audiences
    assert not any(name in sentence for name in ("_pt", "_en", "secretariat,") for _place, sentence in found)


@pytest.mark.parametrize(
    ("field", "said"),
    [("body_pt, linha 3", "Texto (português), linha 3: "), ("slug", "Endereço: "), ("other", "Other: ")],
)
def test_the_place_in_a_text_stays_and_what_has_no_name_is_said_as_it_is(field: str, said: str):
    with translation.override("pt-br"):
        assert told(Problem("lesson", "aula-1", field, "x", "y")).startswith(said)
