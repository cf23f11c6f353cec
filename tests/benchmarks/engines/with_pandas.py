"""Declared rows to estimated flows in pandas."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

DECLARATION = ["reporter_code", "partner_code", "flow_code", "cmd_code", "period"]
FLOW = ["exporter_id", "importer_id", "product_code", "period"]
FIGURES = [
    "primary_value_usd", "net_wgt_kg", "is_net_wgt_estimated", "alt_qty", "alt_qty_unit_code",
    "qty", "qty_unit_code",
]  # fmt: skip
#: The total row of a declaration; its breakdowns have other values.
TOTAL = [
    ("type_code", "==", "C"), ("flow_code", "in", ["M", "X"]), ("partner2_code", "==", "0"),
    ("customs_code", "==", "C00"), ("mot_code", "==", "0"), ("mos_code", "==", "0"),
]  # fmt: skip


def to_millionths(amounts: pd.Series) -> pd.Series:
    """Whole millionths: their sums are exact, as those of the models' decimals."""
    return (amounts * 1e6).round()


def to_thousandths(sums: pd.DataFrame) -> pd.DataFrame:
    """Amounts to three digits, a half upwards; `round` takes it to the even digit."""
    return (sums + 500) // 1000 / 1000


def declared(folder: Path) -> pd.DataFrame:
    """One row per reporter, partner, flow, product and period: the total row, in our ids."""
    rows = pd.read_parquet(
        folder / "data" / "landing" / "un_comtrade" / "trade",
        columns=[*DECLARATION, *FIGURES],
        filters=TOTAL,
    )
    rows = rows[rows["cmd_code"].str.len() == 6]
    rows = rows.sort_values("primary_value_usd").drop_duplicates(DECLARATION, keep="last")
    codes = pd.read_parquet(folder / "codes.parquet").set_index("code")
    reporters = rows["reporter_code"].map(codes["country_id"]).fillna("UNMAPPED")
    is_group = rows["reporter_code"].map(codes["code_kind"]) == "group"
    weight = (
        rows["net_wgt_kg"]
        .fillna(rows["alt_qty"].where(rows["alt_qty_unit_code"] == 8))
        .fillna(rows["qty"].where(rows["qty_unit_code"] == 8))
        .where(~rows["is_net_wgt_estimated"].astype(bool))
    )
    mapped = pd.DataFrame(
        {
            "reporter_id": reporters,
            "partner_id": rows["partner_code"].map(codes["country_id"]).fillna("UNMAPPED"),
            "flow_code": rows["flow_code"],
            "product_code": rows["cmd_code"],
            "period": rows["period"],
            "value_usd": to_millionths(rows["primary_value_usd"]),
            "weight_kg": to_millionths(weight.astype("float64")),
        }
    )[~is_group | (reporters == "TWN")]
    keys = ["reporter_id", "partner_id", "flow_code", "product_code", "period"]
    groups = mapped.groupby(keys, sort=False)
    summed = to_thousandths(groups[["value_usd", "weight_kg"]].sum())
    is_complete = groups["weight_kg"].count() == groups.size()
    summed["weight_kg"] = summed["weight_kg"].where(is_complete)
    flows = summed.reset_index()
    is_flow = (flows["partner_id"] != "WLD") & (flows["reporter_id"] != flows["partner_id"])
    return flows[is_flow & (flows["value_usd"] > 0)]


def pairs(flows: pd.DataFrame) -> pd.DataFrame:
    """Both declarations of each flow side by side, with the usual price of a kilogram."""
    exports, imports = (
        flows.loc[flows["flow_code"] == code]
        .drop(columns="flow_code")
        .rename(
            columns={
                "reporter_id": own,
                "partner_id": other,
                "value_usd": f"{side}_usd",
                "weight_kg": f"{side}_kg",
            }
        )
        for code, side, own, other in (
            ("X", "x", "exporter_id", "importer_id"),
            ("M", "m", "importer_id", "exporter_id"),
        )
    )
    sides = exports.merge(imports, on=FLOW, how="outer")
    price = (sides["m_usd"] / sides["m_kg"]).fillna(sides["x_usd"] / sides["x_kg"])
    is_weighed = sides["m_kg"].fillna(sides["x_kg"]) > 0
    usual = price.where(is_weighed).groupby([sides["product_code"], sides["period"]]).median()
    return sides.join(usual.rename("usual_usd_kg"), on=["product_code", "period"])


def estimates(folder: Path, flows: pd.DataFrame) -> pd.DataFrame:
    """The weighted mean of the export and of the import less freight; one side as declared."""
    weights = pd.read_parquet(folder / "weights.parquet")
    distances = pd.read_parquet(folder / "distances.parquet")
    found = flows.merge(distances, on=["exporter_id", "importer_id"], how="left").merge(
        weights[weights["role"] == "all"].drop(columns=["role", "country_id"]), on="period"
    )
    for role in ("exporter", "importer"):
        own = weights.loc[weights["role"] == role, ["country_id", "period", "log_odds"]]
        own = own.rename(columns={"country_id": f"{role}_id", "log_odds": f"{role}_odds"})
        found = found.merge(own, on=[f"{role}_id", "period"], how="left")
    freight = (
        found["freight_constant"]
        + found["freight_by_unit_value"] * np.log(found["usual_usd_kg"]).fillna(0)
        + found["freight_by_distance"] * np.log(found["distance_km"] / 3000).fillna(0)
    ).clip(0, np.log(1.2))
    odds = found["log_odds"] + found["exporter_odds"].fillna(0) + found["importer_odds"].fillna(0)
    weight = 1 / (1 + np.exp(-odds))
    log_cif = freight.where(~(np.log(found["m_usd"] / found["x_usd"]) > freight), 0.0)
    mean = weight * found["x_usd"] + (1 - weight) * found["m_usd"] * np.exp(-log_cif)
    found["value_usd"] = mean.fillna(found["x_usd"]).fillna(found["m_usd"])
    return found[[*FLOW, "x_usd", "m_usd", "x_kg", "m_kg", "usual_usd_kg", "value_usd"]]


def main(folder: Path) -> None:
    estimates(folder, pairs(declared(folder))).to_parquet(folder / "pandas.parquet", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
