"""The words and the decimal mark of the pictures, in the two languages of the project."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is written in a picture, but for the names of items, groups and booklets.

    The platform and its notebooks use ``ENGLISH`` or ``PORTUGUESE``; another language is another object.
    """

    language: str  # as in the attribute ``lang``
    decimal: str
    theta: str
    theta_anchored: str
    points: str
    share_right: str
    share_points: str
    probability: str
    category: str  # {} is its number
    information: str
    information_points: str
    error: str
    error_points: str
    best: str  # lowest standard error, and where
    every_item: str
    median_booklet: str
    every_booklet: str
    distribution: str
    students: str
    items: str
    model: str
    model_sure: str
    observed: str
    sum_score: str
    test_title: str
    map_title: str
    map_where: str
    map_where_share: str  # {} is the share right
    several_title: str
    information_title: str
    mean_and_sd: str  # who, mean, SD
    students_short: str
    degrees: str  # {} of freedom

    def number(self, value: float, digits: int = 2) -> str:
        """A number as it is written in this language, with a true minus sign."""
        if not math.isfinite(value):
            return "–"
        written = f"{value:.{digits}f}".replace(".", self.decimal)
        return written.replace("-", "−") if float(f"{value:.{digits}f}") != 0 else written.lstrip("-")


ENGLISH: Final = Words(
    language="en",
    decimal=".",
    theta="Proficiency θ (reference group: mean 0, SD 1)",
    theta_anchored="Proficiency θ (scale of the anchors)",
    points="Proficiency (points)",
    share_right="Share right",
    share_points="Share of the points",
    probability="Probability",
    category="category {}",
    information="Information, 1 / SE²",
    information_points="Information, 1 / SE² (per 1,000 square points)",
    error="Standard error of θ",
    error_points="Standard error (points)",
    best="lowest standard error {}, at {}",
    every_item="all items together",
    median_booklet="the booklet in the middle",
    every_booklet="from the least to the most informative booklet",
    distribution="where the students are",
    students="Students (%)",
    items="Items",
    model="model",
    model_sure="model, with 95% interval",
    observed="observed, with 95% interval",
    sum_score="Right answers in the booklet",
    test_title="How much the test tells, and how sure it is",
    map_title="Students and items on one scale",
    map_where="an item stands at its difficulty b",
    map_where_share="an item stands where {} of the answers are right",
    several_title="Curves of the items",
    information_title="Information of the items",
    mean_and_sd="{}: mean {}, SD {}",
    students_short="students",
    degrees="{} degrees of freedom",
)

PORTUGUESE: Final = Words(
    language="pt-BR",
    decimal=",",
    theta="Proficiência θ (grupo de referência: média 0, DP 1)",
    theta_anchored="Proficiência θ (escala dos itens âncora)",
    points="Proficiência (pontos)",
    share_right="Proporção de acertos",
    share_points="Proporção dos pontos",
    probability="Probabilidade",
    category="categoria {}",
    information="Informação, 1 / EP²",
    information_points="Informação, 1 / EP² (por 1.000 pontos ao quadrado)",
    error="Erro-padrão de θ",
    error_points="Erro-padrão (pontos)",
    best="menor erro-padrão {}, em {}",
    every_item="todos os itens juntos",
    median_booklet="o caderno do meio",
    every_booklet="do caderno que menos informa ao que mais informa",
    distribution="onde estão os estudantes",
    students="Estudantes (%)",
    items="Itens",
    model="modelo",
    model_sure="modelo, com intervalo de 95%",
    observed="observado, com intervalo de 95%",
    sum_score="Acertos no caderno",
    test_title="Quanto o teste informa e com que precisão",
    map_title="Estudantes e itens em uma só escala",
    map_where="um item fica na sua dificuldade b",
    map_where_share="um item fica onde {} das respostas são certas",
    several_title="Curvas dos itens",
    information_title="Informação dos itens",
    mean_and_sd="{}: média {}, DP {}",
    students_short="estudantes",
    degrees="{} graus de liberdade",
)
