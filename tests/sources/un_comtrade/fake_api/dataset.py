"""An invented dataset: true flows by formula, and the rows that reporters declare of them.

It has the difficulties of Comtrade: breakdowns beside totals, World beside partners, revisions,
confidential partners (899), late reporters, re-exports (Hong Kong), exports through a third
country from 2023 (China to the USA through Viet Nam), importers that declare FOB values, months.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

CHN, USA, JPN, TWN, HKG, VNM, COD, CAN = "156", "842", "392", "490", "344", "704", "180", "124"
REPORTERS = (USA, JPN, CHN, TWN, HKG, VNM, COD, CAN)
CODES = ("284690", "811292", "854231")
YEARS = ("2021", "2022", "2023")
MONTHS = ("202301", "202302")
FREIGHT = 1.06
NES = "899"
#: (reporter, partner) declared as `Areas, nes`.
CONFIDENTIAL = {(JPN, TWN)}
#: Importers whose customs value is FOB.
FOB_IMPORTERS = {CAN}
#: Reporters with breakdowns, and their first year.
BREAKS_DOWN = {JPN: 2022, CHN: 2021}
NAMES = (
    "typeCode", "freqCode", "refPeriodId", "refYear", "refMonth", "period", "reporterCode",
    "reporterISO", "reporterDesc", "flowCode", "flowDesc", "partnerCode", "partnerISO",
    "partnerDesc", "partner2Code", "partner2ISO", "partner2Desc", "classificationCode",
    "classificationSearchCode", "isOriginalClassification", "cmdCode", "cmdDesc", "aggrLevel",
    "isLeaf", "customsCode", "customsDesc", "mosCode", "motCode", "motDesc", "qtyUnitCode",
    "qtyUnitAbbr", "qty", "isQtyEstimated", "altQtyUnitCode", "altQtyUnitAbbr", "altQty",
    "isAltQtyEstimated", "netWgt", "isNetWgtEstimated", "grossWgt", "isGrossWgtEstimated",
    "cifvalue", "fobvalue", "primaryValue", "legacyEstimationFlag", "isReported", "isAggregate",
)  # fmt: skip
Row = dict[str, Any]
Pair = tuple[str, str]


def true_value(exporter: str, importer: str, code: str, period: str) -> float:
    """The true value, FOB, in whole USD."""
    if exporter == importer:
        return 0.0
    size = (int(exporter) * 7 + int(importer) * 3 + int(code) % 97) % 89 + 11
    value = size * 1000.0 * (int(period[:4]) - 2015) / (12 if len(period) == 6 else 1)
    if (exporter, importer) == (CHN, USA) and period >= "2023":
        return round(value * 0.1)  # the rest goes through Viet Nam
    if (exporter, importer) in ((CHN, VNM), (VNM, USA)) and period >= "2023":
        lost = true_value(CHN, USA, code, "2022") * 0.9
        return round(value + lost / (12 if len(period) == 6 else 1))
    return round(value)


@dataclass
class Dataset:
    """The filed reporters and periods with their release dates."""

    releases: dict[Pair, str] = field(default_factory=dict)
    revised: dict[Pair, float] = field(default_factory=dict)  # factor on the values

    def __post_init__(self) -> None:
        for reporter in REPORTERS:
            for period in (*YEARS, *MONTHS):
                if not (reporter == COD and period >= "2023"):  # a late reporter
                    self.releases[reporter, period] = f"{int(period[:4]) + 1}-06-15"

    def file(self, reporter: str, period: str, day: str, factor: float = 1.0) -> None:
        """File or revise a period; rows change in place."""
        self.releases[reporter, period] = day
        self.revised[reporter, period] = factor

    def rows(self) -> Iterator[Row]:
        for reporter, period in sorted(self.releases):
            for code in CODES:
                for flow in ("M", "X"):
                    yield from self.declared(reporter, period, flow, code)
            if reporter == HKG:
                for code in CODES:
                    yield from self.reexports(period, code)

    def declared(self, reporter: str, period: str, flow: str, code: str) -> Iterator[Row]:
        """The reporter's rows of one flow: World, partners, and its breakdowns."""
        by_partner: dict[str, float] = {}
        for other in REPORTERS:
            pair = (other, reporter) if flow == "M" else (reporter, other)
            value = true_value(*pair, code, period) * self.revised.get((reporter, period), 1.0)
            value *= FREIGHT if flow == "M" and reporter not in FOB_IMPORTERS else 1.0
            shown = NES if (reporter, other) in CONFIDENTIAL else other
            if value:
                by_partner[shown] = by_partner.get(shown, 0.0) + value
        by_partner = {p: round(v, 3) for p, v in by_partner.items()}
        total = round(sum(by_partner.values()), 3)
        for partner, value in [("0", total), *sorted(by_partner.items())]:
            yield row(reporter, period, flow, code, partner, value)
            if int(period[:4]) >= BREAKS_DOWN.get(reporter, 9999):
                yield from broken_down(reporter, period, flow, code, partner, value)

    def reexports(self, period: str, code: str) -> Iterator[Row]:
        """Hong Kong's re-exports, a quarter of its exports, which include them."""
        for partner in (USA, JPN):
            value = round(true_value(HKG, partner, code, period) * 0.25, 3)
            yield row(HKG, period, "RX", code, partner, value)


def broken_down(
    reporter: str, period: str, flow: str, code: str, partner: str, value: float
) -> Iterator[Row]:
    """The same value by mode of transport, and by second partner and procedure."""
    for mot, share in ((2100, 0.7), (1000, 0.3)):
        part = round(value * share, 3)
        yield row(reporter, period, flow, code, partner, part, mot=mot)
        yield row(reporter, period, flow, code, partner, part, mot=mot, partner2=344, customs="C01")


def row(
    reporter: str, period: str, flow: str, code: str, partner: str, value: float,
    *, mot: int = 0, partner2: int = 0, customs: str = "C00",
) -> Row:  # fmt: skip
    """A row with all 47 fields, as in the API without descriptions."""
    is_cif = flow == "M" and reporter not in FOB_IMPORTERS
    year, month = int(period[:4]), int(period[4:]) if len(period) == 6 else 52
    given = {
        "typeCode": "C", "freqCode": "A" if month == 52 else "M",
        "refPeriodId": year * 10_000 + (101 if month == 52 else month * 100 + 1),
        "refYear": year, "refMonth": month, "period": period, "reporterCode": int(reporter),
        "flowCode": flow, "partnerCode": int(partner), "partner2Code": partner2,
        "classificationCode": "H6" if year >= 2022 else "H5", "classificationSearchCode": "HS",
        "isOriginalClassification": True, "cmdCode": code, "customsCode": customs,
        "mosCode": "0", "motCode": mot, "qtyUnitCode": 8, "qty": round(value / 20, 3),
        "isQtyEstimated": False, "altQtyUnitCode": -1, "altQty": 0, "isAltQtyEstimated": False,
        "netWgt": round(value / 20, 3), "isNetWgtEstimated": False, "grossWgt": 0.0,
        "isGrossWgtEstimated": False, "cifvalue": value if is_cif else None,
        # null and 0.0 both stand for absent
        "fobvalue": 0.0 if is_cif else value, "primaryValue": value,
        "legacyEstimationFlag": 0, "isReported": True, "isAggregate": False,
    }  # fmt: skip
    return {name: given.get(name) for name in NAMES}


def total_rows(dataset: Dataset) -> list[Row]:
    """The rows that a fetch with pinned dimensions must return."""
    return [
        r for r in dataset.rows()
        if (r["partner2Code"], r["customsCode"], r["motCode"]) == (0, "C00", 0)
    ]  # fmt: skip
