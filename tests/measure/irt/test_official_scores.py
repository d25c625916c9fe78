"""Official Enem scores recomputed from answers and official parameters: the scoring path on real Brazilian data."""

import numpy as np
import polars as pl
import pytest

from trama_measure.irt import Quadrature, published_parameters, scorer_of

pytestmark = pytest.mark.shared_data
EDITIONS = (2010, 2012, 2022)
OFFICIAL_GRID = Quadrature(40, -4.0, 4.0)  # inepoficial/microEnem, R/calc.nota.R


@pytest.fixture(scope="module")
def enem(shared_data):
    folder = shared_data / "irt"
    items = pl.read_csv(folder / "enem_itens_prova_2009_2025.csv.gz", infer_schema_length=None)
    answers = pl.read_csv(
        folder / "enem_respostas_notas_amostra.csv.gz",
        infer_schema_length=None,
        schema_overrides={"TX_RESPOSTAS": pl.String},
    )
    constants = pl.read_csv(folder / "microenem_inep_constantes.csv")
    scale = {area: (k, d) for area, d, k in constants.iter_rows()}
    return items.filter(pl.col("NU_ANO").is_in(EDITIONS)), answers.filter(pl.col("NU_ANO").is_in(EDITIONS)), scale


def booklet_of(items, year, area, code, language):
    """The 45 items as the student had them in front: positions in order, of the chosen language where there are two."""
    own = items.filter((pl.col("NU_ANO") == year) & (pl.col("SG_AREA") == area) & (pl.col("CO_PROVA") == code))
    spoken = own.filter(pl.col("TP_LINGUA").is_null() | (pl.col("TP_LINGUA") == (language or 0)))
    return spoken.sort("CO_POSICAO")


def scored(items, answers, scale):
    """Official score and ours of every student whose booklet is complete in the item file."""
    pairs = []
    for (year, area, code, language), students in answers.group_by("NU_ANO", "SG_AREA", "CO_PROVA", "TP_LINGUA"):
        booklet = booklet_of(items, year, area, code, language)
        known = students.filter(pl.col("nota_eap_conferida").is_not_null())
        if booklet.height != 45 or known.height == 0:
            continue
        a, b, c = (booklet[f"NU_PARAM_{name}"].to_numpy() for name in "ABC")
        counted = ~np.isnan(a) & (booklet["IN_ITEM_ABAN"].to_numpy() == 0)
        key = np.array([list("".join(booklet["TX_GABARITO"]))])
        given = np.array([list(text) for text in known["TX_RESPOSTAS"]])
        right = (given == key)[:, counted].astype(np.int8)
        parameters = published_parameters(a[counted], b[counted], c[counted], scale_constant=1.0)
        theta = scorer_of(parameters, quadrature=OFFICIAL_GRID).score(right)["theta"].to_numpy()
        k, d = scale[area]
        pairs += zip([year] * known.height, known["NU_NOTA"].to_list(), (k * theta + d).tolist(), strict=True)
    return pairs


def test_official_scores_of_three_editions_to_the_last_printed_decimal(enem):
    items, answers, scale = enem
    pairs = scored(items, answers, scale)
    for year, least, exact in ((2010, 200, 1.0), (2012, 150, 0.98), (2022, 500, 1.0)):
        official, ours = np.array([(score, own) for edition, score, own in pairs if edition == year]).T
        assert official.size >= least
        away = np.abs(np.round(ours, 1) - official)
        assert (away < 0.051).mean() >= exact, (year, np.sort(away)[-5:])
        assert np.median(np.abs(ours - official)) < 0.03  # rounding to a tenth alone gives 0.025


def test_the_wrong_scale_constant_is_seen_at_once(enem):
    items, _answers, scale = enem
    booklet = items.filter((pl.col("NU_ANO") == 2022) & (pl.col("SG_AREA") == "MT")).filter(
        pl.col("NU_PARAM_A").is_not_null()
    )
    booklet = booklet.filter(pl.col("CO_PROVA") == booklet["CO_PROVA"][0]).sort("CO_POSICAO")
    a, b, c = (booklet[f"NU_PARAM_{name}"].to_numpy() for name in "ABC")
    right = (np.arange(a.size) % 2 == 0).astype(np.int8)[None, :]
    one, other = (
        scorer_of(published_parameters(a, b, c, scale_constant=constant)).score(right)["theta"][0]
        for constant in (1.0, 1.7)
    )
    assert abs(one - other) * scale["MT"][0] > 3
