"""A copy of the checkout with fewer years of trade and fewer tests of models, for quicker runs."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from sources.kit.load_record import file_stem
from warehouse.paths import PROJECT

#: What a run and the tests of faults read; `docs` and `deploy` are for people.
_FOLDERS = ("dbt_project", "expectations", "orchestration", "sources", "tests", "warehouse")
_FILES = ("pyproject.toml", "uv.lock")
_MADE = shutil.ignore_patterns("__pycache__", "target", "logs")
_DATA = PROJECT / "warehouse" / "data"
#: Partitions of the trade that stay: each nomenclature with the years that the marts compare.
_KEPT = re.compile(r"V202601/(countries|HS17/202[2-4]|HS92/202[34])")
#: A test of a model only reads: a few hundred of them stay, so that kills meet some.
_TESTS = """
data_tests:
  pax_silica:
    +enabled: false
    marts:
      +enabled: true
"""


def copy_small_checkout(folder: Path) -> Path:
    """Copy the code into `folder`, once; of BACI only the newest years are bundled there, and of
    dbt's tests only those of marts run.

    Everything else is as in the checkout: the same sources, models, checks and pages.
    """
    if folder.is_dir():
        return folder
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    for name in _FOLDERS:
        shutil.copytree(PROJECT / name, unfinished / name, ignore=_left_out)
    for name in _FILES:
        shutil.copyfile(PROJECT / name, unfinished / name)
    _drop_years(unfinished)
    with (unfinished / "dbt_project" / "dbt_project.yml").open("a", encoding="utf-8") as settings:
        settings.write(_TESTS)
    unfinished.rename(folder)
    return folder


def _left_out(folder: str, names: list[str]) -> set[str]:
    return {*_MADE(folder, names), *(name for name in names if Path(folder, name) == _DATA)}


def _drop_years(project: Path) -> None:
    bundle = project / "sources" / "cepii_baci" / "bundled"
    records = json.loads((bundle / "load_records.json").read_text())
    dropped = [r for r in records["partitions"] if not _KEPT.fullmatch(r["partition"])]
    records["partitions"] = [r for r in records["partitions"] if r not in dropped]
    (bundle / "load_records.json").write_text(json.dumps(records))
    for record in dropped:
        for table in record["tables"]:
            (bundle / table / f"{file_stem(record['partition'])}.parquet").unlink()
    baseline = project / "expectations" / "baselines" / "cepii_baci.json"
    rows = json.loads(baseline.read_text())
    kept = {t: {p: n for p, n in of.items() if _KEPT.fullmatch(p)} for t, of in rows.items()}
    baseline.write_text(json.dumps(kept))
