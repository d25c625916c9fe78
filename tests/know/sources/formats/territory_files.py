"""Small good files of the territory: the shapes are those of the publishers, most values are invented."""

import json
from pathlib import Path
from typing import Any


def write(path: Path, content: Any) -> Path:
    """Text as it is, bytes as they are, anything else as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8", newline="")
    return path


def municipality(code: int, name: str) -> dict[str, Any]:
    """As ``/localidades/municipios`` answers."""
    region = {"id": code // 1_000_000, "sigla": "XX", "nome": "Região"}
    state = {"id": code // 100_000, "sigla": "YY", "nome": "Estado", "regiao": region}
    return {
        "id": code,
        "nome": name,
        "microrregiao": {"id": 1, "nome": "a", "mesorregiao": {"id": 2, "nome": "b", "UF": state}},
        "regiao-imediata": {"id": 3, "nome": "c", "regiao-intermediaria": {"id": 4, "nome": "d", "UF": state}},
    }


LOCALITIES = [municipality(2700201, "Anadia"), municipality(2704302, "Maceió"), municipality(5101837, "Boa Esperança")]
MUNICIPALITIES = """codigo_ibge,nome,latitude,longitude,capital,codigo_uf,siafi_id,ddd,fuso_horario
2704302,Maceió,-9.66599,-35.735,1,27,2785,82,America/Maceio
2700201,Anadia,-9.68489,-36.3078,0,27,2703,82,America/Maceio
5101837,Boa Esperança do Norte,-13.5067,-55.1486,0,51,1234,66,America/Porto_Velho
"""
STATES = """codigo_uf,uf,nome,latitude,longitude,regiao
27,AL,Alagoas,-9.57,-36.55,Nordeste
26,PE,Pernambuco,-8.38,-37.86,Nordeste
"""
HISTORY = """codigo_ibge,nome,instalado_em,fonte
2206720,Nazária,2009-01-01,IBGE
"""
POPULATION = """id_municipio,ano,populacao,tipo
2700201,2010,17424,Censo 2010
2700201,2022,14176,Censo 2022
2704302,2022,957916,Censo 2022
"""
TURICAS = """state,state_ibge_code,city_ibge_code,city,estimated_population
AL,27,2700201,Anadia,17526
AL,27,2704302,Maceió,1018948
"""
PIB = """id_municipio,ano_pib,pib,populacao
2700201,2022,250000000,14176
2704302,2022,27000000000,957916
"""
SIDRA = """\ufeff"Tabela 9605 - População residente, por cor ou raça, nos Censos Demográficos"
"Variável - População residente (Pessoas)"
"Nível";"Cód.";"Município";"Ano x Cor ou raça"
"Nível";"Cód.";"Município";"2022"
"Nível";"Cód.";"Município";"Total";"Branca";"Preta"
"MU";"2700201";"Anadia (AL)";"14176";"4000";"-"
"MU";"2704302";"Maceió (AL)";"-";"1";"2"
"MU";"2700102";"Água Branca (AL)";"X";"1";"2"
"Fonte: IBGE - Censo Demográfico"

"Notas"
"1 - Dados do
Universo."
"""
_HEADER = {
    "NC": "Nível Territorial (Código)", "NN": "Nível Territorial", "MC": "Unidade de Medida (Código)",
    "MN": "Unidade de Medida", "V": "Valor", "D1C": "Município (Código)", "D1N": "Município",
    "D2C": "Variável (Código)", "D2N": "Variável", "D3C": "Ano (Código)", "D3N": "Ano",
}  # fmt: skip


def _figure(code: str, value: str) -> dict[str, str]:
    return {
        "NC": "6", "NN": "Município", "MC": "45", "MN": "Pessoas", "V": value, "D1C": code, "D1N": "X", "D2C": "9324",
        "D2N": "População residente estimada", "D3C": "2021", "D3N": "2021",
    }  # fmt: skip


SIDRA_FLAT = [_HEADER, _figure("2700201", "17526"), _figure("2704302", "...")]
SIDRA_NESTED = [
    {
        "id": "9324",
        "variavel": "População residente estimada",
        "unidade": "Pessoas",
        "resultados": [
            {
                "classificacoes": [],
                "series": [
                    {"localidade": {"id": "2700201", "nome": "Anadia"}, "serie": {"2021": "17526"}},
                    {"localidade": {"id": "2704302", "nome": "Maceió"}, "serie": {"2021": "..."}},
                ],
            }
        ],
    }
]
GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "2700201", "name": "Anadia"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[-36.0, -9.0], [-35.0, -9.0], [-35.0, -10.0], [-36.0, -10.0], [-36.0, -9.0]]],
            },
        },
        {
            "type": "Feature",
            "properties": {"codarea": "2704302"},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[[-35.0, -9.0], [-34.9, -9.0], [-34.9, -10.0], [-35.0, -10.0], [-35.0, -9.0]]]],
            },
        },
    ],
}
TOPOJSON = {
    "type": "Topology",
    "transform": {"scale": [0.1, 0.1], "translate": [-36.0, -10.0]},
    "objects": {
        "municipios": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "arcs": [[0, 1]], "properties": {"id": 2700201}},
                {"type": "MultiPolygon", "arcs": [[[-1, 2]]], "properties": {"id": 2704302}},
            ],
        }
    },
    "arcs": [
        [[10, 10], [0, -10]],
        [[10, 0], [-10, 0], [0, 10], [10, 0]],
        [[10, 10], [1, 0], [0, -10], [-1, 0]],
    ],
}
_SINCE = "implantado em 2015 com 21 (Governador Celso Ramos aderiu em 2021)"
ARRANGEMENTS = f"""sigla,nome,tipo,uf,codigo_ibge,municipio,grafia_na_fonte,data_referencia,fonte,observacao
ADE-X,ADE Inventada,ade,BA,2929909,Seabra,,s/d,http://a.org/1,lista A
ADE-X,ADE Inventada,ade,BA,2929909,Seabra,,dez/2021,http://b.org/2,lista B
ADE-X,ADE Inventada,ade,BA,2917508,Jacobina,Jacobína,dez/2021,http://b.org/2,lista B
ADE-G,ADE G,ade,SC,4206009,Governador Celso Ramos,,jul/2022,http://c.org/3,{_SINCE}
ADE-G,ADE G,ade,SC,4200606,Águas Mornas,,jul/2022,http://c.org/3,{_SINCE}
PROG,Programa,programa,SP,3552502,Suzano,,2019,http://d.org/4,
"""
