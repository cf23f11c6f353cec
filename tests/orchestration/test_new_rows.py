"""The next member, customs code and material are one row each: added to a copy of the checkout,
they are followed through the marts and the pages of a release."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from warehouse.paths import PROJECT

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

SEEDS = "dbt_project/seeds"
#: France signs; it has trade, projects and no row of instruments.
MEMBER = {
    "bloc_id": "BLOC:PAX_SILICA", "country_id": "FRA", "membership_type": "signatory",
    "party_kind": "country", "valid_from": "2026-11-20", "signing_order": "26",
    "announced_date": "2026-11-20", "signed_date": "2026-11-20", "evidence_state": "official",
    "source_title": "a page", "source_url": "https://example.org/accession", "confidence": "high",
    "known_from_date": "2026-11-20", "known_from_basis": "announced",
}  # fmt: skip
MATERIAL = {
    "material_id": "mercury", "material_name": "Mercury", "symbol": "Hg",
    "material_group": "minor_metal", "is_byproduct": "false", "headline_stage_label": "refinery",
    "quantity_basis": "Hg content", "us_critical_2022": "not_listed",
    "us_critical_2025": "not_listed", "eu_critical_2023": "not_listed",
    "eu_strategic_2023": "not_listed", "ai_role": "lamps", "confidence": "medium",
    "source_note": "test",
}  # fmt: skip
CODE = {
    "hs6": "280540", "item_kind": "material", "item_id": "mercury", "stage_label": "refined",
    "form": "mercury", "exclusivity": "exclusive", "valid_hs1992": "true", "valid_hs2007": "true",
    "valid_hs2012": "true", "valid_hs2017": "true", "valid_hs2022": "true", "confidence": "high",
}  # fmt: skip
#: Marts that follow an item from its trade alone.
WITH_THE_MATERIAL = {
    "dim_material": "material_id", "bridge_product_material": "item_id",
    "supplier_share": "item_id", "concentration": "item_id", "partner_dependency": "item_id",
    "bloc_dependency": "item_id", "n_minus": "material_id",
}  # fmt: skip


def add_row(copy: Path, name: str, row: dict[str, str]) -> None:
    path = copy / SEEDS / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert set(row) <= set(header)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(row)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of a copy of the checkout to which the three rows were added."""
    copy = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (PROJECT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, copy / name)
    add_row(copy, "curated/partner_memberships", MEMBER)
    add_row(copy, "reference/minerals", MATERIAL)
    add_row(copy, "reference/hs_items", CODE)
    # the code had a row that says why it has no item
    path = copy / SEEDS / "reference" / "hs_codes_without_item.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if not x.startswith("280540,")), encoding="utf-8")
    data = copy / "data"
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.app", "run"], cwd=copy,
        env={**os.environ, "PAX_HOME": str(data), "PYTHONPATH": str(copy), "NO_COLOR": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return (data / "current").resolve()


def ask(release: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(release / "pax_silica.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_member_is_in_the_bloc_and_its_marts(release: Path) -> None:
    (signatories,) = ask(
        release,
        "select count(*) from marts.bridge_bloc_membership where membership_type = 'signatory'"
        " and bloc_id = 'BLOC:PAX_SILICA' and known_to_date is null and valid_to is null",
    )
    assert signatories == (26,)
    states = ask(
        release, "select state, has_instrument, membership_type from marts.instrument_matrix"
        " where country_id = 'FRA'",
    )  # fmt: skip
    assert states == [("unknown", None, "signatory")] * 14
    for mart, column in (
        ("partner_dependency", "entity_id"), ("control_exposure", "entity_id"),
        ("fct_clause_flow", "entity_id"), ("supplier_share", "entity_id"),
        ("concentration", "entity_id"), ("pipeline_gap", "entity_id"),
        ("project_progress", "entity_id"), ("dependency_tests", "entity_id"),
    ):  # fmt: skip
        assert ask(release, f"select 1 from marts.{mart} where {column} = 'FRA' limit 1"), mart
    (counted,) = ask(
        release, "select count(*) from marts.project_progress"
        " where entity_id = 'BLOC:PAX_SILICA' and project_ids like '%FRA-%'",
    )  # fmt: skip
    assert counted[0] > 0, "its projects are the bloc's"  # type: ignore[operator]


def test_the_bloc_has_one_member_more(release: Path) -> None:
    """24 states had signed before, and the Union, whose members do not count through it."""
    (most,) = ask(
        release, "select max(n_members) from marts.bloc_dependency"
        " where membership_variant = 'as_of_today'",
    )  # fmt: skip
    assert most == (25,)


def test_the_code_and_the_material_are_in_their_marts(release: Path) -> None:
    for mart, column in WITH_THE_MATERIAL.items():
        assert ask(release, f"select 1 from marts.{mart} where {column} = 'mercury' limit 1"), mart
    (measured,) = ask(
        release, "select count(*) from marts.supplier_share where item_id = 'mercury'"
        " and entity_id = 'USA' and value_share is not null",
    )  # fmt: skip
    assert measured[0] > 0  # type: ignore[operator]
    codes = ask(
        release, "select distinct product_code from marts.bridge_product_material"
        " where item_id = 'mercury'",
    )  # fmt: skip
    assert codes == [("280540",)]


def test_the_pages_show_both(release: Path) -> None:
    page = (release / "report" / "index.html").read_text(encoding="utf-8")
    assert "Mercury" in page
    assert "France" in page
