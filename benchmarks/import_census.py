"""A national School Census, in the real layout: time and peak memory of our import, against pandas.

The file is made here from the real header of 2024 (426 columns): one row per school, about 217 thousand, spread over
all municipalities, Latin-1. Both sides read it, sum enrolments by municipality, network and stage, and write sums and
school rows to SQLite with the same indexes. Ours also checks every row, keeps the file and publishes in one commit.

    python benchmarks/import_census.py [--schools 217000] [--keep FILE]
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
SAMPLE = SHARED / "censo_escolar" / "censo2024_layout_original_amostra.csv"
STAGES = {
    "QT_MAT_INF": "INF", "QT_MAT_INF_CRE": "CRE", "QT_MAT_INF_PRE": "PRE", "QT_MAT_FUND": "EF",
    "QT_MAT_FUND_AI": "AI", "QT_MAT_FUND_AF": "AF", "QT_MAT_MED": "EM", "QT_MAT_EJA": "EJA",
}  # fmt: skip


def make_file(path: Path, schools: int) -> Path:
    """The national file. Real header, invented schools, real municipality codes."""
    with SAMPLE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    names, template = rows[0], rows[1:]
    where = {name: at for at, name in enumerate(names)}
    with (SHARED / "territorio" / "municipios.csv").open(encoding="utf-8", newline="") as file:
        municipalities = [row["codigo_ibge"] for row in csv.DictReader(file)]
    dice = random.Random(1)
    with path.open("w", encoding="latin-1", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(names)
        for number in range(schools):
            row = list(template[number % len(template)])
            municipality = municipalities[number % len(municipalities)]
            row[where["CO_MUNICIPIO"]] = municipality
            row[where["CO_UF"]] = municipality[:2]
            row[where["CO_ENTIDADE"]] = f"{municipality[:2]}{number + 1:06d}"
            row[where["NO_ENTIDADE"]] = f"ESCOLA INVENTADA {number}"
            row[where["TP_DEPENDENCIA"]] = str(dice.choice((2, 3, 3, 3, 4)))
            row[where["TP_SITUACAO_FUNCIONAMENTO"]] = "1"
            early, final = dice.randint(0, 300), dice.randint(0, 200)
            values = {"QT_MAT_FUND_AI": early, "QT_MAT_FUND_AF": final, "QT_MAT_FUND": early + final, "QT_MAT_MED": 0}
            for column, value in values.items():
                row[where[column]] = str(value)
            writer.writerow(row)
    return path


PANDAS = """
import sqlite3, sys
import pandas as pd
path, database = sys.argv[1:3]
stages = {stages!r}
table = pd.read_csv(path, sep=";", encoding="latin-1", low_memory=False)
active = table[table["TP_SITUACAO_FUNCIONAMENTO"] == 1]
keys = ["CO_MUNICIPIO", "TP_DEPENDENCIA", "TP_LOCALIZACAO"]
sums = active.groupby(keys)[list(stages)].sum(min_count=1).reset_index().melt(keys, var_name="stage")
state = active.assign(CO_MUNICIPIO=active["CO_MUNICIPIO"] // 100000).groupby(keys)[list(stages)].sum(min_count=1)
state = state.reset_index().melt(keys, var_name="stage")
schools = active[["CO_ENTIDADE", *keys[1:], *stages]].melt(["CO_ENTIDADE", *keys[1:]], var_name="stage")
schools = schools.rename(columns={{"CO_ENTIDADE": "CO_MUNICIPIO"}})
everything = pd.concat([sums, state, schools]).dropna(subset=["value"])
with sqlite3.connect(database) as connection:
    everything.to_sql("observation", connection, index=False)
    connection.execute("CREATE UNIQUE INDEX cell ON observation (CO_MUNICIPIO, TP_DEPENDENCIA, TP_LOCALIZACAO, stage)")
    connection.execute("CREATE INDEX across ON observation (stage, TP_DEPENDENCIA, CO_MUNICIPIO)")
    table[["CO_ENTIDADE", "NO_ENTIDADE", *keys]].to_sql("school", connection, index=False)
print(len(everything))
"""


def peak_of(command: list[str], environment: dict[str, str]) -> tuple[float, float, str]:
    """Wall seconds, peak resident MiB and output of a command, run alone by a process of its own."""
    code = (
        "import json,resource,subprocess,sys,time\n"
        "t=time.perf_counter(); p=subprocess.run(sys.argv[1:],stdout=subprocess.PIPE,text=True)\n"
        "s=time.perf_counter()-t; m=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024\n"
        "print(json.dumps([s,m,p.stdout[-4000:],p.returncode]))"
    )
    found = subprocess.run([sys.executable, "-c", code, *command], env=environment, capture_output=True, text=True)
    seconds, mebibytes, output, code_ = json.loads(found.stdout)
    if code_:
        raise SystemExit(f"{command} ended with {code_}\n{output}\n{found.stderr[-2000:]}")
    return seconds, mebibytes, output


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=217_000)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "microdados_ed_basica_2024.csv"
        if not path.exists():
            make_file(path, options.schools)
        print(f"{path.stat().st_size / 1e6:.0f} MB, {options.schools} schools")
        environment = {**os.environ, "TRAMA_VAR": str(Path(folder) / "var"), "TRAMA_SHARED_DATA": str(Path(folder))}
        trama = str(Path(sys.executable).with_name("trama"))
        quiet = {"env": environment, "check": True, "stdout": subprocess.DEVNULL}
        subprocess.run([trama, "migrate", "-v0"], **quiet)
        subprocess.run([trama, "load", "--from", str(SHARED / "territorio")], **quiet)
        ours = peak_of([trama, "data", "import", "auto", str(path)], environment)
        print(ours[2])
        script = PANDAS.format(stages=STAGES)
        theirs = peak_of([sys.executable, "-c", script, str(path), str(Path(folder) / "pandas.sqlite3")], environment)
        print(f"pandas wrote {theirs[2].strip()} rows")
        print("| | seconds | peak MiB |\n|---|---|---|")
        print(f"| Trama | {ours[0]:.1f} | {ours[1]:.0f} |\n| pandas | {theirs[0]:.1f} | {theirs[1]:.0f} |")
        print(f"| ratio | {ours[0] / theirs[0]:.2f} | {ours[1] / theirs[1]:.2f} |")


if __name__ == "__main__":
    main()
