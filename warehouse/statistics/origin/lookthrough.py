"""Whose material a country uses: the producers behind its suppliers, for one stage and year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from scipy.sparse import csgraph  # type: ignore[import-untyped]
from scipy.sparse.linalg import splu  # type: ignore[import-untyped]

Floats = np.ndarray

#: An exporter is scaled where its exports exceed its supply by more than rounding of the sums.
TOLERANCE = 1e-12


@dataclass(frozen=True)
class Origins:
    """Origins of n countries' supply; quantities in the unit of the arguments.

    `share[k, j]` is the part of j's supply that the k-th producer made (0 to 1), `producers` the
    indices of the producers. A country without any supply of known origin has shares of 0.
    """

    producers: np.ndarray
    share: Floats
    supply: Floats
    exports: Floats
    scale: Floats
    flows: sparse.csr_array

    @property
    def consumption(self) -> Floats:
        """Supply that is not exported again, shape (n,)."""
        return np.maximum(self.supply - self.exports, 0.0)


def trace_origins(production: Floats, flows: sparse.csr_array) -> Origins:
    """Origins after exporters that export more than they can have are scaled down.

    What a country exports has the mix of what it produced and imported. Supply X = P + imports; the
    share of origin i in j's supply, S_ij, solves S = diag(P / X) + S T with T_ij = Z_ij / X_j,
    which is R_ij / X_j of R = (I - A)^-1 diag(P) with A = Z diag(X)^-1.

    Args:
        production: shape (n,).
        flows: shape (n, n), [i, j] is what j imports from i; the diagonal is 0.
    Returns:
        Supply and exports after scaling; `scale` is the part of a country's exports that is kept
        (1 where they fit its supply, 0 where it has nothing from a producer).
    Raises:
        ValueError: shapes differ, a number is negative or not finite, or the diagonal is not 0.
    Source: spec/methods.md M19; Kastner, Kastner and Nonhebel (2011).
    """
    _validate(production, flows)
    scale = export_scales(production, flows)
    kept = sparse.csr_array(sparse.diags_array(scale) @ flows)
    supply = production + _column_sums(kept)
    producers = np.flatnonzero(production > 0)
    return Origins(
        producers,
        _shares(production, kept, supply, producers),
        supply,
        _row_sums(kept),
        scale,
        kept,
    )


def trace_origins_unscaled(production: Floats, flows: sparse.csr_array) -> tuple[Floats, Floats]:
    """Origins of the supply as declared: what cannot be explained stays of unknown origin.

    An exporter's exports beyond its supply, and whatever has no producer behind it, are supply of
    unknown origin. So a producer's share is at least what is returned, and at most that and all of
    the unknown.

    Args:
        production, flows: as for `trace_origins`.
    Returns:
        Share of each producer in each country's supply, shape (n_producers, n), in the order of
        `Origins.producers`; and the share of unknown origin, shape (n,). Together they are 1, or
        0 for a country without supply.
    Raises:
        ValueError: as `trace_origins`.
    """
    _validate(production, flows)
    reached = _has_producer_behind(production, flows)
    # a country without a producer behind it has nothing but unknown supply
    known = sparse.csr_array(flows @ sparse.diags_array(reached.astype(float)))
    imports = _column_sums(known)
    unknown = np.where(
        reached,
        np.maximum(_row_sums(flows) - production - imports, 0.0),
        np.maximum(_row_sums(flows), _column_sums(flows)),
    )
    supply = production + unknown + imports
    producers = np.flatnonzero(production > 0)
    shares = _shares(production, known, supply, producers, unknown)
    return shares[:-1], shares[-1]


def export_scales(production: Floats, flows: sparse.csr_array) -> Floats:
    """The part of each country's exports that its supply allows, shape (n,).

    The largest s of 0 to 1 with s_j E_j <= P_j + sum_i s_i Z_ij; 0 without a producer behind it.
    The exporters that exceed their supply are found by policy iteration: each round solves the
    balance of those found so far, and what they no longer deliver may bring others.
    """
    exports = _row_sums(flows)
    reached = _has_producer_behind(production, flows)
    scale = reached.astype(float)
    is_over = np.zeros(production.size, dtype=bool)
    while True:
        supply = production + flows.T @ scale
        found = reached & ~is_over & (supply < exports * (1 - TOLERANCE))
        if not found.any():
            return np.clip(scale, 0.0, 1.0)
        is_over |= found
        over = np.flatnonzero(is_over)
        among = sparse.diags_array(exports[over]) - flows[over][:, over].T
        given = production + flows.T @ np.where(is_over, 0.0, scale)
        scale[over] = splu(sparse.csc_array(among)).solve(given[over])


def _shares(
    production: Floats,
    flows: sparse.csr_array,
    supply: Floats,
    producers: np.ndarray,
    unknown: Floats | None = None,
) -> Floats:
    """S of the producers, and of unknown supply as a last row where it is given."""
    inverse = np.divide(1.0, supply, out=np.zeros_like(supply), where=supply > 0)
    n = production.size
    # Z_ij / X_j by division: the product with 1 / X_j would miss the quotient by a rounding
    coo = flows.tocoo()
    # what has no supply neither receives nor delivers
    has_supply = (supply[coo.row] > 0) & (supply[coo.col] > 0)
    rows, columns = coo.row[has_supply], coo.col[has_supply]
    passed_on = sparse.csc_array(
        (coo.data[has_supply] / supply[columns], (columns, rows)), shape=(n, n)
    )
    own = np.zeros((n, producers.size + (unknown is not None)))
    own[producers, np.arange(producers.size)] = production[producers] / supply[producers]
    if unknown is not None:
        own[:, -1] = unknown * inverse
    if not own.size:
        return own.T
    solved = splu(sparse.csc_array(sparse.eye_array(n) - passed_on)).solve(own)
    return np.maximum(solved, 0.0).T


def _has_producer_behind(production: Floats, flows: sparse.csr_array) -> np.ndarray:
    """Whether a country produces, or imports from one that has a producer behind it."""
    n = production.size
    source = sparse.csr_array(np.where(production > 0, 1.0, 0.0)[np.newaxis, :])
    graph = sparse.block_array([[flows, None], [source, sparse.csr_array((1, 1))]], format="csr")
    reached = csgraph.breadth_first_order(graph, n, return_predecessors=False)
    found = np.zeros(n + 1, dtype=bool)
    found[reached] = True
    return found[:n]


def _validate(production: Floats, flows: sparse.csr_array) -> None:
    n = production.size
    if flows.shape != (n, n):
        raise ValueError(f"flows have shape {flows.shape}, production has {n} countries")
    if flows.diagonal().any():
        raise ValueError("a country's flow to itself is no trade: the diagonal must be 0")
    for name, numbers in (("production", production), ("flows", flows.data)):
        if not np.isfinite(numbers).all() or (numbers < 0).any():
            raise ValueError(f"{name} must be finite and not negative")


def _row_sums(matrix: sparse.csr_array) -> Floats:
    return np.asarray(matrix.sum(axis=1), dtype=float).ravel()


def _column_sums(matrix: sparse.csr_array) -> Floats:
    return np.asarray(matrix.sum(axis=0), dtype=float).ravel()
