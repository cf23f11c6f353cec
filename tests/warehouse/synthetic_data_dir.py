"""A data directory with a small synthetic working database, load records and dbt manifest.

The numbers come from a formula; only columns and types are those of the marts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo, export_marts, publish
from warehouse.storage.load_records import LOAD_RECORDS

AS_OF = date(2026, 11, 23)
SIGNED = {
    "2025-12-12": "USA JPN KOR AUS ISR SGP GBR",
    "2026-01-14": "ARE QAT",
    "2026-02-20": "IND GRC NLD",
    "2026-03-18": "SWE FIN NOR",
    "2026-05-07": "PHL ITA FRA",
    "2026-06-02": "DEU CZE POL",
    "2026-07-31": "ESP BEL SVK EUU",
}
ITEMS = [
    ("material", "gallium", "Gallium", "refined", 1.0),
    ("material", "germanium", "Germanium", "refined", 1.0),
    ("material", "antimony", "Antimony", "refined", 0.0),
    ("material", "graphite", "Graphite", "ore", 0.0),
    ("material", "rare_earths", "Rare earths", "compound", 0.3),
    ("material", "rare_earths", "Rare earths", "refined", 0.0),
    ("material", "tungsten", "Tungsten", "intermediate", 0.0),
    ("material", "magnesium", "Magnesium", "refined", 0.0),
    ("material", "silicon_metal", "Silicon metal", "refined", 0.0),
    ("material", "cobalt", "Cobalt", "compound", 0.0),
    ("material", "lithium", "Lithium", "compound", 0.0),
    ("material", "nickel", "Nickel", "refined", 0.0),
    ("material", "copper", "Copper", "ore", 0.0),
    ("material", "fluorspar", "Fluorspar", "ore", 0.0),
    ("good", "g_magnets", "Permanent magnets", "magnet", 0.0),
    ("good", "g_wafers", "Doped wafers", "wafer", 0.0),
]
STAGES = ["ore", "intermediate", "compound", "refined", "magnet", "wafer"]
PROJECT = "pax_silica"
DERIVED = {"secret_share": ["closed_source"]}
TABLES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    # mart: (description, key, publishers in its lineage)
    "dim_country": ("One row per country.", ("country_id",), ()),
    "dim_material": ("One row per material.", ("material_id",), ()),
    "dim_good": ("One row per good.", ("good_id",), ()),
    "dim_stage": ("One row per stage.", ("stage_id",), ()),
    "dim_source_edition": ("One row per edition.", ("source_id", "edition"), ()),
    "bridge_bloc_membership": (
        "One row per bloc, party, status and first day. Dates are half open.",
        ("bloc_id", "country_id", "membership_type", "valid_from"),
        (),
    ),
    "dim_concern_list": ("One row per list of countries of concern.", ("list_id",), ()),
    "bridge_concern_member": ("One row per list and country.", ("list_id", "country_id"), ()),
    "partner_dependency": (
        "One row per entity, item, stage and year. It's the desk's headline table.",
        ("entity_id", "netting", "membership_variant", "item_kind", "item_id", "stage_id",
         "period_type", "period_start_date"),
        ("cepii_baci", "us_census"),
    ),
    "fct_trade_reconciled": (
        "One row per edition, exporter, importer, product and year.",
        ("source_id", "edition", "exporter_id", "importer_id", "product_code", "year"),
        ("cepii_baci",),
    ),
    "fct_closed": ("One row per confidential figure.", ("secret_id",), ("closed_source",)),
    "secret_share": ("One row per confidential share.", ("secret_id",), ("closed_source",)),
}  # fmt: skip

RELATIONSHIPS = [
    # mart, column, referenced mart, its column, condition
    ("bridge_bloc_membership", "country_id", "dim_country", "country_id", None),
    ("bridge_concern_member", "country_id", "dim_country", "country_id", None),
    ("bridge_concern_member", "list_id", "dim_concern_list", "list_id", None),
    ("partner_dependency", "stage_id", "dim_stage", "stage_id", None),
    ("partner_dependency", "entity_id", "dim_country", "country_id", "netting = 'gross'"),
    ("fct_trade_reconciled", "importer_id", "dim_country", "country_id", None),
    ("fct_trade_reconciled", "source_id", "dim_source_edition", "source_id", None),
    ("fct_closed", "secret_id", "secret_share", "secret_id", None),
    ("secret_share", "secret_id", "fct_closed", "secret_id", None),
]


def noise(*parts: object) -> float:
    """A number in [0, 1) that depends on `parts` alone."""
    value = 2166136261
    for byte in "|".join(map(str, parts)).encode():
        value = ((value ^ byte) * 16777619) % 2**32
    return (value % 10_007) / 10_007


def entities() -> list[str]:
    signed = [code for codes in SIGNED.values() for code in codes.split() if code != "EUU"]
    return ["BLOC:PAX_SILICA", *signed]


def dependency_rows(nudge: float, source_ids: str = "cepii_baci") -> list[dict[str, Any]]:
    rows = []
    for place, (kind, item, _, stage, basket) in enumerate(ITEMS):
        for entity in entities():
            for year in (2023, 2024):
                known = noise(entity, item, stage) > 0.12
                share = min(1.0, noise(item, entity, year) ** 2 + 0.55 * (1 - place / 16) + nudge)
                rows.append(
                    {
                        "entity_id": entity,
                        "netting": "extra" if entity.startswith("BLOC") else "gross",
                        "membership_variant": "as_of_today" if "BLOC" in entity else "none",
                        "item_kind": kind,
                        "item_id": item,
                        "stage_id": stage,
                        "period_type": "A",
                        "period_start_date": date(year, 1, 1),
                        "year": year,
                        "imports_usd": round(noise(entity, item) * 4e8) if known else None,
                        "concern_share": round(share, 6) if known else None,
                        "product_codes": "811292" if basket == 1.0 else item,
                        "supplier_hhi": round(share**2 + 0.05, 6) if known else None,
                        "top_supplier_id": "CHN" if known else None,
                        "top_supplier_share": round(share, 6) if known else None,
                        "basket_share": basket if known else None,
                        "quality_grade": "B",
                        "quality_flags": "truncated" if year == 2023 else "",
                        "concern_share_low": (0.0 if basket else share) if known else None,
                        "concern_share_high": (1.0 if basket else share) if known else None,
                        "source_id": "cepii_baci",
                        "source_ids": source_ids,
                        "coverage_share": 1.0 if known else None,
                        "missing_reason": None if known else "not measured",
                        "edition": "V202601",
                        "flow_basis": "reconciled_fob",
                        "denominator_scope": "all_partners",
                    }
                )
    return rows


def small_tables(name: str) -> dict[str, list[dict[str, Any]]]:
    codes = sorted({*entities()[1:], "EUU", "CHN", "RUS", "IRN", "PRK"})
    return {
        "dim_country": [
            {
                "country_id": code,
                "country_name": name if code == "AUS" else f"Country {code}",
                "country_kind": "institution" if code == "EUU" else "country",
                "is_party": code in entities(),
                "party_status": "signatory" if code in entities() else None,
            }
            for code in codes
        ],
        "dim_material": [
            {"material_id": i, "material_name": n}
            for i, n in sorted({(i, n) for k, i, n, _, _ in ITEMS if k == "material"})
        ],
        "dim_good": [{"good_id": i, "good_name": n} for k, i, n, _, _ in ITEMS if k == "good"],
        "dim_stage": [
            {"stage_id": stage, "stage_name": stage.title(), "stage_order": order}
            for order, stage in enumerate(STAGES)
        ],
        "bridge_bloc_membership": [
            {
                "bloc_id": "BLOC:PAX_SILICA",
                "country_id": code,
                "membership_type": "signatory",
                "party_kind": "institution" if code == "EUU" else "country",
                "signed_date": date.fromisoformat(day),
                "valid_from": date.fromisoformat(day),
                "valid_to": None,
                "known_to_date": None,
                "evidence_state": "secondary",
                "source_title": "A newspaper",
                "source_url": "https://example.org/signing",
                "note": None,
            }
            for day, signers in SIGNED.items()
            for code in signers.split()
        ],
        "dim_concern_list": [
            {"list_id": "L1", "list_name": "Covered nations", "legal_basis": "10 U.S.C. 4872",
             "is_headline": True}
        ],
        "bridge_concern_member": [
            {"list_id": "L1", "country_id": code, "valid_from": date(2018, 1, 1), "valid_to": None}
            for code in ("CHN", "RUS", "IRN", "PRK")
        ],
        "fct_trade_reconciled": [
            {"source_id": "cepii_baci", "edition": "V202601", "exporter_id": "CHN",
             "importer_id": code, "product_code": "811292", "year": year,
             "value_usd": 1000.5 * year}
            for code in ("JPN", "USA")
            for year in (2022, 2024)
        ],
        "dim_source_edition": [
            {"source_id": "cepii_baci", "edition": "V202601", "access_method": "manual"}
        ],
        "fct_closed": [{"secret_id": 1}],
        "secret_share": [{"secret_id": 1, "share": 1.0}],
    }  # fmt: skip


def load_record(source: str, redistribution: str, edition: str) -> dict[str, Any]:
    return {
        "source_id": source, "partition": edition, "table_name": "flows", "edition": edition,
        "known_from_date": date(2026, 1, 20), "known_from_basis": "published",
        "access_method": "bundled",
        "file_name": "a.csv", "url": "https://example.org/a.csv",
        "retrieved_at": datetime(2026, 11, 23, tzinfo=UTC), "payload_sha256": source.ljust(64, "0"),
        "payload_bytes": 10, "n_rows": 4, "n_quarantined": 1, "parser_version": "1",
        "publisher": f"Publisher of {source}", "licence_id": "CC-BY-4.0",
        "redistribution": redistribution, "attribution": f"Source: {source}", "title": source,
        "stale_after_days": 400,
    }  # fmt: skip


def write_load_records(paths: DataPaths, closed_landed: bool) -> None:
    path = paths.landing / "run" / "load_records" / "load_records.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        load_record("cepii_baci", "derived", "V202601"),
        load_record("us_census", "full", "2024"),
    ]
    rows += [load_record("closed_source", "none", "2026")] if closed_landed else []
    pq.write_table(pa.Table.from_pylist(rows, schema=LOAD_RECORDS), path)


def write_manifest(paths: DataPaths, tables: dict[str, list[str]]) -> Path:
    nodes: dict[str, Any] = {}
    for mart, (description, key, _) in TABLES.items():
        model = f"model.{PROJECT}.{mart}"
        nodes[model] = {
            "resource_type": "model", "schema": "marts", "name": mart, "alias": mart,
            "description": description, "fqn": [PROJECT, "marts", mart],
            "columns": {c: {"name": c, "description": f"It's the {c}."} for c in tables[mart]},
        }  # fmt: skip
        nodes[f"test.{PROJECT}.unique_key_{mart}"] = {
            "resource_type": "test", "schema": "tests", "name": f"unique_key_{mart}",
            "attached_node": model,
            "test_metadata": {
                "name": "unique_combination_of_columns",
                "kwargs": {"combination_of_columns": list(key)},
            },
        }  # fmt: skip
    for mart, column, parent, field, where in RELATIONSHIPS:
        nodes[f"test.{PROJECT}.relationships_{mart}_{column}"] = relationship_test(
            mart, column, parent, field, where
        )
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    path = paths.dbt_target / "manifest.json"
    path.write_text(json.dumps({"nodes": nodes}))
    return path


def relationship_test(
    mart: str, column: str, parent: str, field: str, where: str | None = None
) -> dict[str, Any]:
    """dbt's entry of a relationships test between two marts."""
    child, to = (f"model.{PROJECT}.{name}" for name in (mart, parent))
    return {
        "resource_type": "test", "schema": "tests", "name": f"relationships_{mart}_{column}",
        "attached_node": child, "column_name": column, "depends_on": {"nodes": [to, child]},
        "test_metadata": {"name": "relationships", "kwargs": {"field": field}},
        "config": {"where": where},
    }  # fmt: skip


def write_lineage(connection: duckdb.DuckDBPyConnection) -> None:
    """What dbt writes of its own graph: sources per mart, and whether their rows reach it."""
    connection.execute(
        "create table intermediate.int_quality__mart_inputs"
        " (mart varchar, source_id varchar, input_kind varchar, is_carried boolean)"
    )
    for mart, (_, _, publishers) in TABLES.items():
        for publisher in publishers:
            connection.execute(
                "insert into intermediate.int_quality__mart_inputs values (?, ?, 'source', ?)",
                [mart, publisher, publisher not in DERIVED.get(mart, [])],
            )


def build_data_dir(
    data_dir: Path,
    *,
    nudge: float = 0.0,
    source_ids: str = "cepii_baci",
    name: str = "Australia",
    closed_landed: bool = False,
    has_old_names: bool = False,
) -> tuple[DataPaths, Path]:
    """Write the whole data directory; `nudge` is added to every share, `name` names Australia.

    With `has_old_names`, dim_source_edition has the column and value of version 0.1.0.
    """
    paths = DataPaths.at(data_dir)
    paths.working.mkdir(parents=True, exist_ok=True)
    paths.database.unlink(missing_ok=True)
    tables = {"partner_dependency": dependency_rows(nudge, source_ids), **small_tables(name)}
    connection = duckdb.connect(str(paths.database))
    connection.execute("create schema marts; create schema intermediate")
    connection.execute(
        "create table intermediate.int_run__parameters as"
        f" select date '{AS_OF}' as as_of_date, date '9999-12-31' as as_known_on"
    )
    write_lineage(connection)
    for mart, rows in tables.items():
        connection.register("given", pa.Table.from_pylist(rows))
        # a release must not depend on the order of the rows
        connection.execute(f"create table marts.{mart} as select * from given order by random()")
        connection.unregister("given")
    for column in ("valid_to", "known_to_date"):
        connection.execute(
            f"alter table marts.bridge_bloc_membership alter {column} set data type date"
        )
    connection.execute("alter table marts.bridge_concern_member alter valid_to set data type date")
    connection.execute("alter table marts.bridge_bloc_membership alter note set data type varchar")
    if has_old_names:
        connection.execute(
            "alter table marts.dim_source_edition rename access_method to way;"
            " update marts.dim_source_edition set way = 'dropped'"
        )
    columns = {
        mart: [row[0] for row in connection.execute(f"describe marts.{mart}").fetchall()]
        for mart in tables
    }
    connection.close()
    write_load_records(paths, closed_landed)
    return paths, write_manifest(paths, columns)


def publish_marts(
    paths: DataPaths, manifest: Path, check_results: Sequence[dict[str, Any]], run: RunInfo
) -> Published:
    """Export the marts of the working database and publish them, as a run does."""
    export_marts(paths, manifest)
    return publish(paths, manifest, check_results, run)


@contextmanager
def locked_elsewhere(path: Path, purpose: str) -> Iterator[int]:
    """Another process holds the lock at `path`; gives its process id."""
    code = (
        "import sys; from pathlib import Path; from warehouse.storage.file_lock import *\n"
        "with acquire_lock(Path(sys.argv[1]), sys.argv[2]): print(flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path), purpose],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as owner:  # fmt: skip
        assert owner.stdout is not None
        assert owner.stdout.readline() == "\n"
        yield owner.pid
        owner.communicate("\n")


CHECK_RESULTS: list[dict[str, Any]] = [
    {"stage": "sources", "suite": "cepii_baci", "subject": "cepii_baci.flows",
     "expectation": "years 2017-2024", "severity": "critical", "passed": True, "observed": None,
     "notes": "", "n_rows": None, "sample": None},
    {"stage": "dbt", "suite": "generic", "subject": "marts.partner_dependency",
     "expectation": "unique_key", "severity": "critical", "passed": True, "observed": {"n": 0},
     "notes": "the key", "n_rows": 0, "sample": []},
    {"stage": "marts", "suite": "partner_dependency", "subject": "marts.partner_dependency",
     "expectation": "movement below 10 points", "severity": "warning", "passed": False,
     "observed": {"max": 0.12}, "notes": "a number that moves must be explained", "n_rows": 3,
     "sample": [{"entity_id": "JPN"}]},
]  # fmt: skip


def three_releases(data_dir: Path, keep: int = 5) -> tuple[DataPaths, list[Published]]:
    made = []
    for number in range(3):
        paths, manifest = build_data_dir(data_dir, nudge=number / 100)
        made.append(
            publish_marts(paths, manifest, CHECK_RESULTS, RunInfo(f"run{number}", keep=keep))
        )
    return paths, made


def alter(paths: DataPaths, sql: str) -> None:
    with duckdb.connect(str(paths.database)) as connection:
        connection.execute(sql)
