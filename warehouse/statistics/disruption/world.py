"""Inputs of one disruption: who supplied whom, what stops, and what could be delivered instead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: How the partners behave: each alone; their deliveries shared; and their stocks drawn as well.
POLICIES = ("no_sharing", "sharing", "sharing_plus_stock")


class InvalidWorldError(ValueError):
    """The arrays of a world contradict each other, or a number lies outside its range."""


@dataclass(frozen=True)
class World:
    """One item over one horizon; all quantities are of the whole horizon, in one unit.

    Attributes:
        suppliers, partners: identifiers; a partner may also be a supplier.
        base: delivered without the disruption, shape (n_suppliers, n_partners).
        lost_share: share of a supplier's deliveries that stops (0 to 1), shape (n_suppliers,).
        third_exports: what a supplier delivers to countries outside, shape (n_suppliers,).
        spare: what a supplier could deliver on top within the horizon, shape (n_suppliers,).
        stock: what a partner can release within the horizon, shape (n_partners,).
        is_barred: no delivery above `base` may take this link, shape (n_suppliers, n_partners).
        third_floor_share: share of `third_exports` that stays outside (0 to 1).
        sharing_limit_share: largest share of its own demand that a partner gives up for others
            (0 to 1).
    """

    suppliers: tuple[str, ...]
    partners: tuple[str, ...]
    base: Floats
    lost_share: Floats
    third_exports: Floats
    spare: Floats
    stock: Floats
    is_barred: Flags
    third_floor_share: float = 1.0
    sharing_limit_share: float = 0.0

    def __post_init__(self) -> None:
        """Raises InvalidWorldError: shapes differ, or a number is negative, NULL or above one."""
        n_suppliers, n_partners = len(self.suppliers), len(self.partners)
        shapes = {
            "base": (n_suppliers, n_partners), "is_barred": (n_suppliers, n_partners),
            "lost_share": (n_suppliers,), "third_exports": (n_suppliers,),
            "spare": (n_suppliers,), "stock": (n_partners,),
        }  # fmt: skip
        for name, shape in shapes.items():
            values = getattr(self, name)
            if values.shape != shape:
                raise InvalidWorldError(f"{name} has the shape {values.shape}, expected {shape}")
            if name != "is_barred" and not (np.isfinite(values).all() and (values >= 0).all()):
                raise InvalidWorldError(f"{name} has a negative or unknown number")
        shares = (*self.lost_share, self.third_floor_share, self.sharing_limit_share)
        if not all(0 <= share <= 1 for share in shares):
            raise InvalidWorldError("a share lies outside 0 to 1")

    @property
    def demand(self) -> Floats:
        """What every partner received without the disruption, shape (n_partners,)."""
        return self.base.sum(axis=0)

    @property
    def delivered(self) -> Floats:
        """What the usual deliveries bring in spite of it, shape (n_suppliers, n_partners)."""
        return self.base * (1.0 - self.lost_share)[:, None]

    @property
    def slack(self) -> Floats:
        """What a supplier can add: spare capacity, and exports that leave the countries outside.

        Nothing of a supplier that stops, even in part. Shape (n_suppliers,).
        """
        added = self.spare + (1.0 - self.third_floor_share) * self.third_exports
        return np.where(self.lost_share > 0, 0.0, added)

    @property
    def own_slack(self) -> Floats:
        """What a partner can add to its own supply without anybody's help, shape (n_partners,)."""
        place = {supplier: row for row, supplier in enumerate(self.suppliers)}
        slack, barred = self.slack, self.is_barred
        return np.array(
            [
                slack[place[name]] if name in place and not barred[place[name], column] else 0.0
                for column, name in enumerate(self.partners)
            ]
        )

    @property
    def shortage_alone(self) -> Floats:
        """Shortage of each partner that keeps its deliveries and adds its own slack."""
        short = self.demand - self.delivered.sum(axis=0) - self.own_slack
        return np.maximum(short, 0.0)

    @property
    def shortage_limit(self) -> Floats:
        """Largest shortage that sharing may leave to each partner.

        Nobody is asked for more than `sharing_limit_share` of its demand, or ends up worse than
        alone where that is already more.
        """
        return np.maximum(self.sharing_limit_share * self.demand, self.shortage_alone)
