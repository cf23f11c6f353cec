"""Declared rows to estimated flows in Polars: one lazy query, streamed to a file."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import polars as pl
from polars import col

DECLARATION = ["reporter_code", "partner_code", "flow_code", "cmd_code", "period"]
FLOW = ["exporter_id", "importer_id", "product_code", "period"]


def exact_sum(column: str) -> pl.Expr:
    """The sum of whole millionths, to three digits, a half upwards, as the models' decimals."""
    return (((col(column) * 1e6).round().sum() + 500) / 1000).floor() / 1000


def declared(folder: Path) -> pl.LazyFrame:
    """One row per reporter, partner, flow, product and period: the total row, in our ids."""
    codes = pl.scan_parquet(folder / "codes.parquet")
    totals = (
        pl.scan_parquet(folder / "data" / "landing" / "un_comtrade" / "trade" / "*.parquet")
        .filter(
            col("type_code") == "C",
            col("flow_code").is_in(["M", "X"]),
            col("cmd_code").str.len_bytes() == 6,
            col("partner2_code") == "0",
            col("customs_code") == "C00",
            col("mot_code") == "0",
            col("mos_code") == "0",
        )
        .with_columns(
            pl.when("is_net_wgt_estimated")
            .then(None)
            .when(col("net_wgt_kg").is_not_null())
            .then("net_wgt_kg")
            .when(col("alt_qty_unit_code") == 8)
            .then("alt_qty")
            .when(col("qty_unit_code") == 8)
            .then("qty")
            .alias("weight_kg")
        )
        .group_by(DECLARATION)
        .agg(
            col("primary_value_usd").max().alias("value_usd"),
            col("weight_kg").get(col("primary_value_usd").arg_max()),
        )
    )
    return (
        totals.join(
            codes.rename({"code": "reporter_code", "country_id": "reporter_id"}),
            on="reporter_code",
            how="left",
        )
        .filter((col("code_kind").fill_null("country") != "group") | (col("reporter_id") == "TWN"))
        .join(
            codes.select(partner_code="code", partner_id="country_id"),
            on="partner_code",
            how="left",
        )
        .with_columns(col("reporter_id", "partner_id").fill_null("UNMAPPED"))
        .group_by("reporter_id", "partner_id", "flow_code", "cmd_code", "period")
        .agg(
            exact_sum("value_usd"),
            pl.when(col("weight_kg").count() == pl.len())
            .then(exact_sum("weight_kg"))
            .alias("weight_kg"),
        )
        .filter(
            col("partner_id") != "WLD",
            col("reporter_id") != col("partner_id"),
            col("value_usd") > 0,
        )
    )


def pairs(flows: pl.LazyFrame) -> pl.LazyFrame:
    """Both declarations of each flow side by side, with the usual price of a kilogram."""
    is_export = col("flow_code") == "X"
    sides = flows.group_by(
        pl.when(is_export).then("reporter_id").otherwise("partner_id").alias("exporter_id"),
        pl.when(is_export).then("partner_id").otherwise("reporter_id").alias("importer_id"),
        col("cmd_code").alias("product_code"),
        "period",
    ).agg(
        col("value_usd").filter(is_export).first().alias("x_usd"),
        col("value_usd").filter(~is_export).first().alias("m_usd"),
        col("weight_kg").filter(is_export).first().alias("x_kg"),
        col("weight_kg").filter(~is_export).first().alias("m_kg"),
    )
    prices = (
        sides.filter(pl.coalesce("m_kg", "x_kg") > 0)
        .group_by("product_code", "period")
        .agg(
            pl.coalesce(col("m_usd") / col("m_kg"), col("x_usd") / col("x_kg"))
            .median()
            .alias("usual_usd_kg")
        )
    )
    return sides.join(prices, on=["product_code", "period"], how="left")


def estimates(folder: Path, flows: pl.LazyFrame) -> pl.LazyFrame:
    """The weighted mean of the export and of the import less freight; one side as declared."""
    weights = pl.scan_parquet(folder / "weights.parquet")

    def of_role(role: str) -> pl.LazyFrame:
        return weights.filter(col("role") == role).select(
            "period", col("country_id").alias(f"{role}_id"), col("log_odds").alias(f"{role}_odds")
        )

    whole = weights.filter(col("role") == "all").drop("role", "country_id")
    freight = (
        col("freight_constant")
        + col("freight_by_unit_value") * col("usual_usd_kg").log().fill_null(0)
        + col("freight_by_distance") * (col("distance_km") / 3000).log().fill_null(0)
    ).clip(0, math.log(1.2))
    odds = col("log_odds") + col("exporter_odds").fill_null(0) + col("importer_odds").fill_null(0)
    weight = 1 / (1 + (-odds).exp())
    gap = (col("m_usd") / col("x_usd")).log()
    is_freight = gap <= col("freight")
    return (
        flows.join(
            pl.scan_parquet(folder / "distances.parquet"),
            on=["exporter_id", "importer_id"],
            how="left",
        )
        .join(whole, on="period")
        .join(of_role("exporter"), on=["period", "exporter_id"], how="left")
        .join(of_role("importer"), on=["period", "importer_id"], how="left")
        .with_columns(freight.alias("freight"), weight.alias("weight"))
        .with_columns(pl.when(is_freight).then("freight").otherwise(0.0).alias("log_cif"))
        .select(
            *FLOW,
            "x_usd",
            "m_usd",
            "x_kg",
            "m_kg",
            "usual_usd_kg",
            pl.when(col("m_usd").is_null())
            .then("x_usd")
            .when(col("x_usd").is_null())
            .then("m_usd")
            .otherwise(
                col("weight") * col("x_usd")
                + (1 - col("weight")) * col("m_usd") * (-col("log_cif")).exp()
            )
            .alias("value_usd"),
        )
    )


def main(folder: Path) -> None:
    estimates(folder, pairs(declared(folder))).sink_parquet(folder / "polars.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
