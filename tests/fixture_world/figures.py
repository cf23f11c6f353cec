"""Every figure of the five-country world; `README.md` has the worked example.

Thousand USD and tonnes. NES is a partner not elsewhere specified; `ZZZ` is a code in no list of
countries, small enough to stay below what a source may leave unresolved.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

GRAPHITE = "250410"  # exclusive: natural graphite, and nothing else
OTHER_GRAPHITE = "250490"  # the other code of natural graphite
BASKET = "811292"  # gallium, germanium, indium and others in one code
BAUXITE = "260600"  # exclusive, and all of the material at its stage
WAFERS, LOGIC, MEMORY = "381800", "854231", "854232"  # goods of one code each

#: A day on which the second editions did not exist yet, and Germany had not signed yet.
BETWEEN = date(2026, 4, 1)


class Flow(NamedTuple):
    """One reconciled flow of a year; `tonnes` None where the weight is unknown."""

    year: int
    importer: str
    exporter: str
    product: str
    kusd: float
    tonnes: float | None = None


class Output(NamedTuple):
    """One row of the production table of an edition: what is printed, as it is printed."""

    year: int
    country: str
    tonnes: float | None
    status: str = "reported"
    text: str | None = None
    commodity: str = "Graphite"


class Line(NamedTuple):
    """One cell of the US balance, in tonnes; reliance in percent, `text` as it is printed."""

    year: int
    commodity: str
    statistic: str
    detail: str
    text: str


# Nobody here buys the other code of graphite, and the source says so: it has the code, in a flow
# too small to count. Without that the code would be unmeasured, and no share of graphite known.
#: Edition V202601, known from 2026-01-22.
FLOWS_2024 = (
    Flow(2024, "JPN", "CHN", GRAPHITE, 80, 40),
    Flow(2024, "JPN", "CAN", GRAPHITE, 20, 10),
    Flow(2024, "USA", "CHN", GRAPHITE, 100, 50),
    Flow(2024, "NES", "ZZZ", OTHER_GRAPHITE, 0.0001),
)
FLOWS_2025 = (
    Flow(2025, "JPN", "CHN", GRAPHITE, 60, 30),
    Flow(2025, "JPN", "CAN", GRAPHITE, 20, 15),
    Flow(2025, "JPN", "DEU", GRAPHITE, 10, 4),
    Flow(2025, "JPN", "USA", GRAPHITE, 10, 1),
    Flow(2025, "USA", "CHN", GRAPHITE, 50, 25),
    Flow(2025, "USA", "DEU", GRAPHITE, 30, None),
    Flow(2025, "USA", "JPN", GRAPHITE, 20, 10),
    Flow(2025, "CAN", "CHN", GRAPHITE, 40, 20),
    Flow(2025, "CAN", "JPN", GRAPHITE, 10, 5),
    Flow(2025, "DEU", "CHN", GRAPHITE, 30, 15),
    Flow(2025, "DEU", "CAN", GRAPHITE, 30, 15),
    Flow(2025, "DEU", "USA", GRAPHITE, 40, 20),
    Flow(2025, "CHN", "CAN", GRAPHITE, 25, 12),
    Flow(2025, "CHN", "DEU", GRAPHITE, 25, 13),
    Flow(2025, "JPN", "CHN", BASKET, 30, 3),
    Flow(2025, "JPN", "DEU", BASKET, 10, 1),
    Flow(2025, "USA", "CHN", BASKET, 10, 1),
    Flow(2025, "USA", "CAN", BASKET, 20, 2),
    Flow(2025, "USA", "NES", BASKET, 8, 0.8),
    Flow(2025, "USA", "ZZZ", BASKET, 2, 0.2),
    Flow(2025, "NES", "ZZZ", OTHER_GRAPHITE, 0.0001),
)
#: A re-exporter, and one that exports five times what it has; the same edition and year.
FLOWS_OF_BAUXITE = (
    Flow(2025, "HKG", "IDN", BAUXITE, 300, 30),
    Flow(2025, "HKG", "GIN", BAUXITE, 100, 10),
    Flow(2025, "JPN", "HKG", BAUXITE, 200, 20),
    Flow(2025, "JPN", "IDN", BAUXITE, 50, 5),
    Flow(2025, "JPN", "GIN", BAUXITE, 150, 15),
    Flow(2025, "DEU", "IDN", BAUXITE, 160, 16),
    Flow(2025, "DEU", "GIN", BAUXITE, 40, 4),
    Flow(2025, "MYS", "IDN", BAUXITE, 20, 2),
    Flow(2025, "CAN", "MYS", BAUXITE, 100, 10),
    Flow(2025, "CAN", "GIN", BAUXITE, 80, 8),
)
#: What Japan buys for stacks of memory, and the logic beside them in an accelerator.
FLOWS_OF_CHIPS = (
    Flow(2025, "JPN", "DEU", WAFERS, 60, 6),
    Flow(2025, "JPN", "CHN", WAFERS, 40, 4),
    Flow(2025, "JPN", "USA", MEMORY, 90, 9),
    Flow(2025, "JPN", "CHN", MEMORY, 10, 1),
    Flow(2025, "JPN", "USA", LOGIC, 80, 8),
    Flow(2025, "JPN", "CHN", LOGIC, 20, 2),
)
#: Edition V202701, known from 2027-01-21.
FLOWS_2026 = (
    Flow(2026, "JPN", "CHN", GRAPHITE, 40, 20),
    Flow(2026, "JPN", "CAN", GRAPHITE, 20, 10),
    Flow(2026, "JPN", "DEU", GRAPHITE, 20, 10),
    Flow(2026, "JPN", "NES", GRAPHITE, 20, 10),
    Flow(2026, "USA", "CHN", GRAPHITE, 25, 10),
    Flow(2026, "USA", "DEU", GRAPHITE, 75, 30),
    Flow(2026, "CAN", "CHN", GRAPHITE, 10, 5),
    Flow(2026, "DEU", "CHN", GRAPHITE, 50, 25),
    Flow(2026, "DEU", "JPN", GRAPHITE, 50, 25),
    Flow(2026, "NES", "ZZZ", OTHER_GRAPHITE, 0.0001),
)

#: Mine output, of natural graphite and of bauxite. Edition 2026, known from 2026-02-06.
OUTPUT_2026 = (
    Output(2024, "China", 50),
    Output(2024, "Canada", 30),
    Output(2024, "United States", None, "withheld", "W"),
    Output(2024, "Other countries", 20),
    Output(2024, "World total (rounded)", 100),
    Output(2025, "China", 70, "estimated"),
    Output(2025, "Canada", 18, "estimated"),
    Output(2025, "United States", None, "withheld", "W"),
    Output(2025, "Other countries", 10, "estimated"),
    Output(2025, "World total (rounded)", 100, "estimated"),
    Output(2025, "Indonesia", 100, commodity="Bauxite"),
    Output(2025, "Guinea", 50, commodity="Bauxite"),
    Output(2025, "World total (rounded)", 150, commodity="Bauxite"),
)
#: Edition 2027, known from 2027-02-05: China up, the United States disclosed.
OUTPUT_2027 = (
    Output(2025, "China", 77),
    Output(2025, "Canada", 18),
    Output(2025, "United States", 5),
    Output(2025, "Other countries", 10),
    Output(2025, "World total (rounded)", 110),
    Output(2026, "China", 80, "estimated"),
    Output(2026, "Canada", 15, "estimated"),
    Output(2026, "United States", 5, "estimated"),
    Output(2026, "Other countries", 20, "estimated"),
    Output(2026, "World total (rounded)", 120, "estimated"),
)

#: Governance estimate of all six dimensions, -2.5 (weak) to 2.5 (strong), year 2024.
GOVERNANCE = {"CHN": -0.5, "CAN": 1.0, "DEU": 0.5, "USA": 0.0, "JPN": 1.5}

#: What the United States use. Edition 2026 withholds what is mined: nothing can be computed;
#: germanium is a bound, beryllium a net export.
BALANCE_2026 = (
    Line(2025, "Graphite (natural)", "production", "Production, mine", "W"),
    Line(2025, "Graphite (natural)", "import", "Imports for consumption", "30"),
    Line(2025, "Graphite (natural)", "export", "Exports", "10"),
    Line(2025, "Graphite (natural)", "consumption", "Consumption, apparent", "W"),
    Line(2025, "Graphite (natural)", "net_import_reliance", "Net import reliance", ">75"),
    Line(2025, "Germanium", "net_import_reliance", "Net import reliance", ">50"),
    Line(2025, "Beryllium", "net_import_reliance", "Net import reliance", "E"),
)
#: Edition 2027: 5 t were mined, (30 - 10) / (5 + 30 - 10) = 0.8.
BALANCE_2027 = (
    Line(2025, "Graphite (natural)", "production", "Production, mine", "5"),
    Line(2025, "Graphite (natural)", "import", "Imports for consumption", "30"),
    Line(2025, "Graphite (natural)", "export", "Exports", "10"),
    Line(2025, "Graphite (natural)", "consumption", "Consumption, apparent", "25"),
    Line(2025, "Graphite (natural)", "net_import_reliance", "Net import reliance", "80"),
)
