"""Suites of GeoDist's pairs and countries."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import between, matches

CODE = "[A-Z][A-Z0-9]{2}"


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="cepii_geodist.pairs",
            expectations=[
                matches("origin_code", CODE, "three characters; ROM and ZAR are CEPII's own"),
                matches("destination_code", CODE, "three characters; ROM and ZAR are CEPII's own"),
                between("distance_km", 0, 20_040, "km; half of the equator is the maximum"),
            ],
        ),
        ExpectationSuite(
            name="cepii_geodist.countries",
            expectations=[
                matches("country_code", CODE, "three characters; ROM and ZAR are CEPII's own"),
                between("latitude", -90, 90, "degrees; more means that columns were swapped"),
                between("longitude", -180, 180, "degrees, west of Greenwich negative"),
            ],
        ),
    ]
