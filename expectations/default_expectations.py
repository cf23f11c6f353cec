"""What every landed partition must satisfy: shape, volume, lineage and finite numbers."""

from __future__ import annotations

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from expectations.shared_expectations import between, one_of


def partition_suite(subject: str, layout: str) -> ExpectationSuite:
    """The suite of a landed table's partitions (`landed_tables.list_partitions`, one row each)."""
    return ExpectationSuite(
        name=f"{subject}.partitions",
        expectations=[
            one_of(
                "layout",
                [layout],
                "a partition has the columns and types of source.yml, in their order; land a "
                "partition of an older layout again",
            ),
            gxe.ExpectColumnPairValuesToBeEqual(
                column_A="n_rows",
                column_B="n_rows_recorded",
                notes="the landing holds what its load records say; otherwise undo the "
                "partition (pax land SOURCE --undo PARTITION) and land it again",
            ),
            between(
                "share_of_expected_if_not_manual",
                0.7,
                None,
                "a partition has less than 70 % of the rows of its baseline (or, for a new "
                "edition, of the newest one): a truncated response looks like that",
            ),
            between(
                "share_of_expected",
                0.7,
                1.5,
                "far fewer or more rows than the baseline; right for a file of one's own that "
                "holds another selection",
                "warning",
            ),
            between(
                "n_known_days",
                None,
                1,
                "an edition became known on one day; two days mix two publications",
            ),
            between(
                "n_without_payload",
                None,
                0,
                "every row leads to its raw file and its place in it",
            ),
            between(
                "n_not_finite",
                None,
                0,
                "NaN and infinity are no figures; a missing value is NULL and has a status",
            ),
        ],
    )
