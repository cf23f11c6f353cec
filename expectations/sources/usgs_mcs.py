"""What landed of the USGS Mineral Commodity Summaries."""

from __future__ import annotations

from expectations.suites import (
    WARNING,
    Fact,
    Rule,
    Suite,
    between,
    declared,
    none_of,
    one_of,
)

STATUSES = [
    "reported",
    "estimated",
    "withheld",
    "not_available",
    "not_applicable",
    "zero",
    "trace",
    "net_exporter",
    "unknown",
    "qualitative",
    "included_elsewhere",
]
ROW_KINDS = ["country", "other_countries", "world_total", "multi_country"]


def cell_rules() -> list[Rule]:
    """Missing is not zero: each cell says what it is."""
    return [
        one_of("value_status", STATUSES, "a cell has a known status; a new one needs a decision"),
        one_of("value_operator", ["=", ">", "<", ">=", "<="], "how the number is to be read"),
    ]


def cell_facts(value: str, low: str, high: str) -> list[Fact]:
    """A number is there exactly when the status says so, inside its own band."""
    return [
        none_of(
            "numbers_without_leave",
            f"select edition, commodity, value_status, {value} from data "
            f"where {value} is not null and value_status in ('withheld', 'not_available', "
            "'not_applicable', 'net_exporter', 'included_elsewhere')",
            "a withheld or missing cell has no number; otherwise it was read as one",
        ),
        none_of(
            "numbers_that_are_missing",
            f"select edition, commodity, value_status, row_locator from data "
            f"where {value} is null and {low} is null and {high} is null "
            "and value_status in ('reported', 'estimated', 'zero')",
            "a reported or estimated cell has a number or a band",
        ),
        none_of(
            "bands_the_wrong_way",
            f"select edition, commodity, {low}, {value}, {high} from data "
            f"where {low} > {high} or {value} < {low} or {value} > {high}",
            "a value lies in its own band",
        ),
    ]


SUITES = [
    Suite(
        "usgs_mcs.world",
        declared("usgs_mcs", "world"),
        rules=[
            one_of("statistic", ["production", "capacity", "reserves"], "what is measured"),
            one_of("row_kind", ROW_KINDS, "a total read as a country would double the world"),
            between("year", 1990, 2100, "the year of the cell"),
            between("value", 0, None, "tonnages are not negative"),
            *cell_rules(),
        ],
        facts=[
            *cell_facts("value", "value_low", "value_high"),
            none_of(
                "editions_with_few_commodities",
                "select edition, count(distinct commodity_key) as n from data "
                "group by edition having count(distinct commodity_key) < 5",
                "an edition covers many commodities",
                WARNING,
            ),
            none_of(
                "years_after_the_edition",
                "select edition, commodity, year from data where try_cast(edition as integer) "
                "is not null and year >= try_cast(edition as integer)",
                "edition 2026 speaks of years up to 2025",
            ),
        ],
        sources=["usgs_mcs"],
    ),
    Suite(
        "usgs_mcs.salient",
        declared("usgs_mcs", "salient"),
        rules=[between("year", 1990, 2100, "the year of the cell"), *cell_rules()],
        facts=cell_facts("value", "value_low", "value_high"),
        sources=["usgs_mcs"],
    ),
    Suite(
        "usgs_mcs.import_sources",
        declared("usgs_mcs", "import_sources"),
        rules=[
            between("share", 0, 1.0001, "shares are fractions, not per cent"),
            one_of("row_kind", ROW_KINDS, "what kind of row it is"),
            *cell_rules(),
        ],
        facts=[
            *cell_facts("share", "share_low", "share_high"),
            none_of(
                "shares_that_exceed_one",
                "select edition, commodity, detail, sum(share) as total from data "
                "group by edition, commodity, detail having sum(share) > 1.06",
                "the suppliers of one form add up to at most 100 % but for rounding",
                WARNING,
            ),
        ],
        sources=["usgs_mcs"],
    ),
    Suite(
        "usgs_mcs.front_matter",
        declared("usgs_mcs", "front_matter"),
        rules=[
            one_of(
                "table_id",
                ["export_controls", "trade_agreements", "critical_minerals", "import_reliance"],
                "tables of the introduction that are understood",
            ),
        ],
        sources=["usgs_mcs"],
        may_be_empty=True,
    ),
]
