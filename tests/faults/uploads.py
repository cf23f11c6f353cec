"""Small invented files of five sources: one of them landed gives the next run real work.

All of them are of an earlier day than the bundled figures, so that only what descends from their
source is built: from 29 of about 1,280 nodes (prices) to 473 (declared trade).
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from pathlib import Path

from sources.global_trade_alert.interventions import COLUMNS

#: The time of the files, which counts as the time of their download: 2025-06-01, UTC.
AT = 1748736000


@dataclass(frozen=True)
class Upload:
    """A file of a source; `weight` is how often it is chosen."""

    source_id: str
    name: str
    text: str
    weight: int

    def write(self, folder: Path) -> Path:
        """Write the file, with the same time whenever it is written."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.name
        path.write_text(self.text, encoding="utf-8")
        os.utime(path, (AT, AT))
        return path


def _csv(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def _prices() -> str:
    months = ("2024-11", "2024-12")
    lines = [
        f"{name},$/mt,{m},{n}" for name, n in (("Copper", 9000), ("Tin", 28000)) for m in months
    ]
    return _csv("series,unit,month,price", *lines)


def _interventions() -> str:
    values = {
        "Intervention ID": "900001", "State Act ID": "800001",
        "State Act Title": "Chile: Export tax on lithium carbonate", "GTA Evaluation": "Red",
        "Implementing Jurisdictions": "Chile", "Affected Jurisdictions": "Japan",
        "Affected Products": "283691", "Date Announced": "2025-02-03",
        "Date Implemented": "2025-02-10", "Is In Force": "1",
    }  # fmt: skip
    return _csv(",".join(COLUMNS), ",".join(values.get(name, "") for name in COLUMNS))


def _governance() -> str:
    """All six dimensions of 160 countries in 2022, which is the edition of 2023."""
    lines = [
        f"{chr(65 + n // 26)}{chr(65 + n % 26)}X,Land {n},2022,{dimension},{n % 5 - 2}.0,0.2,5"
        for dimension in ("cc", "ge", "pv", "rl", "rq", "va")
        for n in range(160)
    ]
    return _csv("code,countryname,year,indicator,estimate,stddev,nsource", *lines)


def _customs() -> str:
    """Imports of magnets into the United Kingdom in May 2023."""
    row = {
        "MonthId": 202305, "FlowTypeId": 3, "SuppressionIndex": 0, "CommodityId": 85051110,
        "CommoditySitcId": 77881, "CountryId": 720,
        "Country": {"CountryId": 720, "CountryCodeAlpha": "CN"}, "PortId": 1, "Value": 1000.0,
        "NetMass": 40.0, "SuppUnit": 0.0,
    }  # fmt: skip
    return json.dumps({"@odata.context": "x", "value": [row]})


def _declarations() -> str:
    """Imports of the United States in 2022, of 50 partners."""
    lines = [f"A,2022,842,{n},M,811292,{1000 + n}" for n in range(4, 400, 8)]
    return _csv("freqCode,period,reporterCode,partnerCode,flowCode,cmdCode,primaryValue", *lines)


UPLOADS = {
    upload.source_id: upload
    for upload in (
        Upload("un_comtrade", "declarations.csv", _declarations(), 1),
        Upload("uk_hmrc", "imports.json", _customs(), 1),
        Upload("worldbank_wgi", "governance.csv", _governance(), 2),
        Upload("global_trade_alert", "interventions.csv", _interventions(), 5),
        Upload("worldbank_pink_sheet", "prices.csv", _prices(), 6),
    )
}


def choose_upload(chance: random.Random) -> Upload:
    """One of them, a small one most often."""
    chosen = list(UPLOADS.values())
    return chance.choices(chosen, [upload.weight for upload in chosen])[0]
