"""A cell: one question to the API, small enough that its answer is whole, or split until it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

#: Filtered at the publisher and again in SQL: without these totals come mixed with breakdowns.
PINNED = {
    "partner2Code": "0", "motCode": "0", "customsCode": "C00", "breakdownMode": "classic",
}  # fmt: skip
#: In this order a cell is halved whose answer fills the page.
_SPLIT = ("periods", "flows", "codes", "reporters")


@dataclass(frozen=True)
class ApiRequest:
    """Reporters, periods, flows and products of one question; all partners and World."""

    freq: str
    reporters: tuple[str, ...]
    periods: tuple[str, ...]
    flows: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def query(self) -> dict[str, str | int]:
        """What is asked, each dimension said: nothing is left to the publisher's defaults."""
        return {
            "reporterCode": ",".join(self.reporters),
            "period": ",".join(self.periods),
            "flowCode": ",".join(self.flows),
            "cmdCode": ",".join(self.codes),
            **PINNED,
        }

    @property
    def name(self) -> str:
        """For a person: `A 842 2022,2021 M,X 53 codes`."""
        codes = ",".join(self.codes) if len(self.codes) < 4 else f"{len(self.codes)} codes"
        parts = (self.reporters, self.periods, self.flows)
        return f"{self.freq} {' '.join(','.join(part) for part in parts)} {codes}"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(reporter, period) for reporter in self.reporters for period in self.periods]

    def split(self) -> tuple[ApiRequest, ...]:
        """Two halves along the first dimension that has more than one member; none if none has."""
        for dimension in _SPLIT:
            members = getattr(self, dimension)
            if len(members) > 1:
                half = len(members) // 2
                return (
                    replace(self, **{dimension: members[:half]}),
                    replace(self, **{dimension: members[half:]}),
                )
        return ()

    def halve_codes(self) -> tuple[ApiRequest, ...]:
        """Two halves along the products: for a question that is too long as an address."""
        half = len(self.codes) // 2
        if not half:
            return ()
        return replace(self, codes=self.codes[:half]), replace(self, codes=self.codes[half:])


def digest(*parts: object) -> str:
    """Twelve hex digits that stand for what was asked."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
