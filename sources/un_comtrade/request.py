"""One request to the API, which can be split until its response fits into a page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

#: Filtered by the publisher and again in SQL: otherwise totals and breakdowns are mixed.
PINNED = {
    "partner2Code": "0", "motCode": "0", "customsCode": "C00", "breakdownMode": "classic",
}  # fmt: skip
#: Dimensions by which a request is split whose response fills the page, in this order.
_SPLIT = ("periods", "flows", "codes", "reporters")


@dataclass(frozen=True)
class ApiRequest:
    """Reporters, periods, flows and products of one request; partners are always all and World."""

    freq: str
    reporters: tuple[str, ...]
    periods: tuple[str, ...]
    flows: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def query(self) -> dict[str, str | int]:
        """The URL parameters; every dimension is given, so that no default of the API applies."""
        return {
            "reporterCode": ",".join(self.reporters),
            "period": ",".join(self.periods),
            "flowCode": ",".join(self.flows),
            "cmdCode": ",".join(self.codes),
            **PINNED,
        }

    @property
    def name(self) -> str:
        """A readable name: `A 842 2022,2021 M,X 53 codes`."""
        codes = ",".join(self.codes) if len(self.codes) < 4 else f"{len(self.codes)} codes"
        parts = (self.reporters, self.periods, self.flows)
        return f"{self.freq} {' '.join(','.join(part) for part in parts)} {codes}"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(reporter, period) for reporter in self.reporters for period in self.periods]

    def split(self) -> tuple[ApiRequest, ...]:
        """Two halves along the first dimension with several members; empty if there is none."""
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
        """Two halves along the products, for a request whose URL is too long."""
        half = len(self.codes) // 2
        if not half:
            return ()
        return replace(self, codes=self.codes[:half]), replace(self, codes=self.codes[half:])


def digest(*parts: object) -> str:
    """Twelve hex digits of the hash of `parts`."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
