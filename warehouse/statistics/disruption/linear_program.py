"""One linear program by HiGHS, with its status, its residual and its dual values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from scipy.optimize import linprog  # type: ignore[import-untyped]

from warehouse.statistics.disruption.world import Floats

STATUS = {0: "optimal", 1: "iteration_limit", 2: "infeasible", 3: "unbounded", 4: "numerical"}
#: Largest violation of a constraint that counts as satisfied, in units of the mean demand.
TOLERANCE = 1e-7


class NotSolvedError(RuntimeError):
    """HiGHS found no optimum; `solve` has the step and the status."""

    def __init__(self, solve: Solve) -> None:
        self.solve = solve
        super().__init__(f"{solve.step}: {solve.status}")


@dataclass(frozen=True)
class Solve:
    """What is reported of one solved program.

    Attributes:
        step: what it was solved for.
        status: optimal, infeasible, unbounded, iteration_limit, numerical or inaccurate.
        objective: value at the optimum; NaN without one.
        residual: largest violation of a constraint or a bound; NaN without an optimum.
    """

    step: str
    status: str
    objective: float
    residual: float


@dataclass(frozen=True)
class Solution:
    """Optimal values of the variables and the dual values of both kinds of constraints."""

    values: Floats
    upper_duals: Floats
    equal_duals: Floats
    solve: Solve


def minimise(
    step: str,
    cost: Floats,
    bounds: tuple[Floats, Floats],
    upper: tuple[Any, Floats] | None = None,
    equal: tuple[Any, Floats] | None = None,
) -> Solution:
    """Minimise `cost` @ x with `bounds`, upper[0] @ x <= upper[1] and equal[0] @ x == equal[1].

    Returns:
        the optimum; a dual value is the change of the objective per unit of its right-hand side.
    Raises:
        NotSolvedError: there is no optimum, or it violates a constraint by more than TOLERANCE.
    """
    none: tuple[Any, Any] = (None, None)
    a_ub, b_ub = upper or none
    a_eq, b_eq = equal or none
    found = linprog(
        cost, A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=b_eq, bounds=np.column_stack(bounds),
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
    )  # fmt: skip
    if found.status != 0:
        name = STATUS.get(found.status, "numerical")
        raise NotSolvedError(Solve(step, name, float("nan"), float("nan")))
    values = np.asarray(found.x, dtype=np.float64)
    residual = float(max(0.0, *(bounds[0] - values), *(values - bounds[1])))
    for matrix, side, is_equal in ((a_ub, b_ub, False), (a_eq, b_eq, True)):
        if matrix is not None and side is not None and len(side):
            gap = sparse.csr_array(matrix) @ values - side
            residual = max(residual, float(np.max(np.abs(gap) if is_equal else gap)))
    is_exact = residual <= TOLERANCE
    solve = Solve(step, "optimal" if is_exact else "inaccurate", float(found.fun), residual)
    if not is_exact:
        raise NotSolvedError(solve)
    return Solution(
        np.clip(values, bounds[0], bounds[1]),
        np.asarray(found.ineqlin.marginals, dtype=np.float64),
        np.asarray(found.eqlin.marginals, dtype=np.float64),
        solve,
    )
