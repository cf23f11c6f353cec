"""What landed of GeoDist's pairs and countries."""

from __future__ import annotations

from expectations.suites import WARNING, Suite, between, declared, matches, none_of

CODE = "[A-Z][A-Z0-9]{2}"

SUITES = [
    Suite(
        "cepii_geodist.pairs",
        declared("cepii_geodist", "pairs"),
        rules=[
            matches("origin_code", CODE, "three characters; ROM and ZAR are CEPII's own"),
            matches("destination_code", CODE, "three characters; ROM and ZAR are CEPII's own"),
            between("distance_km", 0, 20_040, "km; half of the equator is the most there is"),
        ],
        facts=[
            none_of(
                "pairs_that_differ_by_direction",
                "select a.origin_code, a.destination_code, a.distance_km, b.distance_km as back "
                "from data as a inner join data as b on a.origin_code = b.destination_code "
                "and a.destination_code = b.origin_code and a.edition = b.edition "
                "where abs(a.distance_km - b.distance_km) > 2 "
                "or a.is_contiguous <> b.is_contiguous",
                "the way back is as long; otherwise columns were mixed up",
                WARNING,
            ),
        ],
        sources=["cepii_geodist"],
    ),
    Suite(
        "cepii_geodist.countries",
        declared("cepii_geodist", "countries"),
        rules=[
            matches("country_code", CODE, "three characters; ROM and ZAR are CEPII's own"),
            between("latitude", -90, 90, "degrees; more means that columns were swapped"),
            between("longitude", -180, 180, "degrees, west of Greenwich negative"),
        ],
        facts=[],
        sources=["cepii_geodist"],
    ),
]
