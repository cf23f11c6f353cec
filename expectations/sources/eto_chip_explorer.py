"""Suites of the chip supply chain dataset."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import ExpectValuesToBePresent, between, matches, one_of

TYPES = [
    "design_resource",
    "tool_resource",
    "material_resource",
    "process",
    "ultimate_output",
    "stage",
]
INPUT_ID = r"[NS]\d+"


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="eto_chip_explorer.inputs",
            expectations=[
                matches("input_id", INPUT_ID, "an input or a stage"),
                one_of("type", TYPES, "a new type needs a decision what it is", "warning"),
            ],
        ),
        ExpectationSuite(
            name="eto_chip_explorer.providers",
            expectations=[
                one_of("provider_type", ["country", "organization"], "there are two kinds")
            ],
        ),
        ExpectationSuite(
            name="eto_chip_explorer.provision",
            expectations=[
                between("share_provided", 0, 100, "percent of the world market"),
                ExpectValuesToBePresent(
                    column="share_provided",
                    group_by=["payload_sha256"],
                    min_share=0.5,
                    notes="a fifth of the shares is unknown; many more mean another format",
                ),
            ],
        ),
        ExpectationSuite(
            name="eto_chip_explorer.sequence",
            expectations=[matches("input_id", INPUT_ID, "an edge begins at an input")],
        ),
    ]
