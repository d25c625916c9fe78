"""Columns and codes of the School Census."""

from ...vocabulary import Dependency, Stage

DEPENDENCIES = {
    1: str(Dependency.FEDERAL),
    2: str(Dependency.STATE),
    3: str(Dependency.MUNICIPAL),
    4: str(Dependency.PRIVATE),
}
LOCATIONS = {1: "U", 2: "R"}
STAGE_COLUMNS = {
    "QT_MAT_BAS": str(Stage.BASIC),
    "QT_MAT_INF": str(Stage.EARLY_CHILDHOOD),
    "QT_MAT_INF_CRE": str(Stage.CRECHE),
    "QT_MAT_INF_PRE": str(Stage.PRESCHOOL),
    "QT_MAT_FUND": str(Stage.ELEMENTARY),
    "QT_MAT_FUND_AI": str(Stage.EARLY_YEARS),
    "QT_MAT_FUND_AF": str(Stage.FINAL_YEARS),
    "QT_MAT_MED": str(Stage.UPPER_SECONDARY),
    "QT_MAT_EJA": str(Stage.YOUTH_ADULT),
    "QT_MAT_ESP": str(Stage.SPECIAL),
}
ALWAYS_BY_LOCATION = frozenset({Stage.BASIC, Stage.ELEMENTARY, Stage.EARLY_YEARS, Stage.FINAL_YEARS})
"""Stages whose urban and rural sums are given even when zero: the rules of a call ask for them."""

INFRASTRUCTURE = {
    "IN_AGUA_POTAVEL": "infra_water",
    "IN_ENERGIA_REDE_PUBLICA": "infra_power",
    "IN_ESGOTO_REDE_PUBLICA": "infra_sewage",
    "IN_INTERNET": "infra_internet",
    "IN_INTERNET_ALUNOS": "infra_internet_students",
    "IN_BANDA_LARGA": "infra_broadband",
    "IN_BIBLIOTECA_SALA_LEITURA": "infra_library",
    "IN_LABORATORIO_INFORMATICA": "infra_computer_lab",
    "IN_LABORATORIO_CIENCIAS": "infra_science_lab",
    "IN_QUADRA_ESPORTES": "infra_sports_court",
    "IN_REFEITORIO": "infra_cafeteria",
    "IN_COZINHA": "infra_kitchen",
    "IN_ALIMENTACAO": "infra_meals",
    "IN_ACESSIBILIDADE_RAMPAS": "infra_ramps",
    "IN_ORGAO_CONSELHO_ESCOLAR": "infra_school_council",
}
SCHOOL_COLUMNS = ("NU_ANO_CENSO", "CO_ENTIDADE", "NO_ENTIDADE", "CO_MUNICIPIO", "TP_DEPENDENCIA", "TP_LOCALIZACAO")
OPTIONAL_COLUMNS = ("TP_SITUACAO_FUNCIONAMENTO", "LATITUDE", "LONGITUDE")

CLASS_STAGES: dict[str, frozenset[int]] = {
    "QT_MAT_INF_CRE": frozenset({1}),
    "QT_MAT_INF_PRE": frozenset({2}),
    "QT_MAT_INF": frozenset({1, 2, 3}),
    "QT_MAT_FUND_AI": frozenset({4, 5, 6, 7, 14, 15, 16, 17, 18}),
    "QT_MAT_FUND_AF": frozenset({8, 9, 10, 11, 19, 20, 21, 41}),
    "QT_MAT_FUND": frozenset({*range(4, 25), 41}),
    "QT_MAT_MED": frozenset(range(25, 39)),
    "QT_MAT_EJA": frozenset({43, 44, 45, 46, 47, 48, 51, 58, 60, 61, 62, 63, 65, 67, 69, 70, 71, 72, 73, 74}),
    "QT_MAT_BAS": frozenset(range(1, 75)),
}
"""Stage codes of a class (``TP_ETAPA_ENSINO``, layout to 2019) that add up to each sum of the later layout.

Classes of several grades (3 unified crèche and preschool; 12, 13, 22, 23, 24 elementary; 56 early childhood and
elementary) count only where every pupil belongs: 3 in early childhood, 12-13 and 22-24 in elementary, 56 in basic
education alone. Complementary activities and specialised attendance have no stage code and do not count.
"""

MUNICIPALITIES_OF_STATE = {
    11: 52, 12: 22, 13: 62, 14: 15, 15: 143, 16: 16, 17: 139, 21: 217, 22: 223,
    23: 184, 24: 167, 25: 223, 26: 185, 27: 102, 28: 75, 29: 417, 31: 853, 32: 78,
    33: 92, 35: 645, 41: 399, 42: 293, 43: 496, 50: 78, 51: 141, 52: 246, 53: 1,
}  # fmt: skip
"""How many municipalities each state has had since 2007 at the least: a file with fewer is not the whole state."""
