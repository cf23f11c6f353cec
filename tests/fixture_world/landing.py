"""Land the five-country world as every source: declared tables, `land`, load records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import Parsed, RawFile
from sources.kit.tabular import add_lineage_columns
from sources.usgs_mcs.labels import commodity_key, read_country, type_key
from sources.usgs_mcs.values import parse_value
from tests.fixture_world import figures
from tests.fixture_world.figures import Flow, Line, Output
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land
from warehouse.storage.load_records import write_load_records_table, write_parameters

RETRIEVED_AT = datetime(2027, 3, 1, tzinfo=UTC)
FIRST_BACI, SECOND_BACI = date(2026, 1, 22), date(2027, 1, 21)
FIRST_USGS, SECOND_USGS = date(2026, 2, 6), date(2027, 2, 5)
WGI = date(2025, 9, 24)
#: The publisher's name of the mined product.
TYPES = {"Graphite": "Mine production", "Bauxite": "Bauxite, mine production"}


def land_world(
    paths: DataPaths,
    *,
    as_known_on: date | None = None,
    with_second_editions: bool = True,
    backwards: bool = False,
) -> None:
    """The whole world, or the world in which the second editions were never published;
    `backwards` lands the same editions in the opposite order."""
    specs = catalog()
    declare_tables(paths, specs.values())
    parts = list(partitions(specs, with_second_editions))
    for source_id, part in reversed(parts) if backwards else parts:
        land(specs[source_id], part, "manual", paths)
    write_load_records_table(paths, dict(specs))
    write_parameters(paths, as_known_on)


def partitions(
    specs: Mapping[str, SourceSpec], with_second_editions: bool
) -> Iterable[tuple[str, Parsed]]:
    """Every partition with its source, first editions first."""
    baci, usgs, wgi = specs["cepii_baci"], specs["usgs_mcs"], specs["worldbank_wgi"]
    yield "worldbank_wgi", part(wgi, "2025", WGI, "indicators", _governance())
    of_2025 = (*figures.FLOWS_2025, *figures.FLOWS_OF_BAUXITE, *figures.FLOWS_OF_CHIPS)
    for year, flows in ((2024, figures.FLOWS_2024), (2025, of_2025)):
        yield "cepii_baci", _baci(baci, "V202601", FIRST_BACI, year, flows)
    yield "usgs_mcs", _usgs(usgs, "2026", FIRST_USGS, figures.OUTPUT_2026, figures.BALANCE_2026)
    if with_second_editions:
        yield "cepii_baci", _baci(baci, "V202701", SECOND_BACI, 2026, figures.FLOWS_2026)
        yield (
            "usgs_mcs",
            _usgs(usgs, "2027", SECOND_USGS, figures.OUTPUT_2027, figures.BALANCE_2027),
        )


def _baci(
    spec: SourceSpec, edition: str, known_from: date, year: int, flows: Sequence[Flow]
) -> Parsed:
    rows = [
        {
            "year": flow.year,
            "exporter_code": flow.exporter,
            "importer_code": flow.importer,
            "code_system": "iso3",
            "nomenclature": "HS2017",
            "product_code": flow.product,
            "value_kusd": flow.kusd,
            "quantity_t": flow.tonnes,
            "is_truncated": False,
        }
        for flow in flows
    ]
    return part(spec, edition, known_from, "flows", rows, f"{edition}/HS17/{year}")


def _usgs(
    spec: SourceSpec,
    edition: str,
    known_from: date,
    outputs: Sequence[Output],
    lines: Sequence[Line],
) -> Parsed:
    tables = {"world": [_output(x) for x in outputs], "salient": [_line(x) for x in lines]}
    return _parts(spec, edition, known_from, tables)


def _line(line: Line) -> dict[str, Any]:
    cell = parse_value(line.text)
    return {
        "commodity": line.commodity,
        "commodity_key": commodity_key(line.commodity),
        "chapter": line.commodity,
        "statistic": line.statistic,
        "detail": line.detail,
        "unit_text": "percent" if line.statistic == "net_import_reliance" else "metric tons",
        "year": line.year,
        "value_text": line.text,
        "value": cell.value,
        "value_low": cell.low,
        "value_high": cell.high,
        "value_operator": cell.operator,
        "value_status": cell.status,
        "is_estimated": cell.is_estimated,
        "note": None,
        "definition_text": None,
        "repair": None,
        "occurrence": 1,
    }


def _output(output: Output) -> dict[str, Any]:
    label = read_country(output.country)
    type_text = TYPES[output.commodity]
    return {
        "commodity": output.commodity,
        "commodity_key": commodity_key(output.commodity),
        "chapter": output.commodity,
        "country_text": output.country,
        "country_name": label.name,
        "row_kind": label.row_kind,
        "type_text": type_text,
        "type_key": type_key(type_text),
        "form_text": "",
        "statistic": "production",
        "unit_text": "metric tons",
        "year": output.year,
        "value_text": output.text or f"{output.tonnes:g}",
        "value": output.tonnes,
        "value_low": output.tonnes,
        "value_high": output.tonnes,
        "value_operator": "=",
        "value_status": output.status,
        "is_estimated": output.status == "estimated",
        "note": None,
        "repair": None,
    }


def _governance() -> list[dict[str, Any]]:
    return [
        {
            "country_code": country,
            "country_name": country,
            "year": 2024,
            "indicator": indicator,
            "estimate": estimate,
            "stddev": 0.25,
            "n_sources": 9,
            "value_text": None,
        }
        for country, estimate in sorted(figures.GOVERNANCE.items())
        for indicator in ("cc", "ge", "pv", "rl", "rq", "va")
    ]


def part(
    spec: SourceSpec,
    edition: str,
    known_from: date,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    partition: str | None = None,
) -> Parsed:
    """One table of one partition."""
    return _parts(spec, edition, known_from, {table: rows}, partition)


def _parts(
    spec: SourceSpec,
    edition: str,
    known_from: date,
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
    partition: str | None = None,
) -> Parsed:
    """Tables of one partition; its payload is the rows as text, so that hashes are real."""
    name = f"{spec.source_id}_{(partition or edition).replace('/', '_')}.txt"
    text = "\n".join(repr(row) for rows in tables.values() for row in rows)
    file = RawFile(name, text.encode(), f"https://example.org/{name}", RETRIEVED_AT, edition)
    data = {}
    for table, rows in tables.items():
        declared = spec.tables[table]
        data[table] = add_lineage_columns(
            {c.name: [row[c.name] for row in rows] for c in declared.columns},
            declared,
            edition=edition,
            known_from_date=known_from,
            payload_sha256=file.sha256,
            row_locator=[f"{name}:{line}" for line in range(1, len(rows) + 1)],
        )
    return Parsed(partition or edition, edition, known_from, "published", data, [file])
