"""Post-randomisation (PRAM): values change into others with published probabilities.

A matrix has one row for each value that a record may have and one column for each that it may be released with.

References
----------
Gouweleeuw, Kooiman, Willenborg, de Wolf (1998), Post randomisation for statistical disclosure control.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["estimate_counts", "invariant_matrix", "randomise", "retention_matrix", "rounded_matrix"]

Matrix = npt.NDArray[np.float64]
_LARGEST_CONDITION = 1e12


def retention_matrix(values: int, keep: float) -> Matrix:
    """A value stays with probability ``keep`` and else becomes any other, each with the same probability.

    >>> retention_matrix(3, 0.8)
    array([[0.8, 0.1, 0.1],
           [0.1, 0.8, 0.1],
           [0.1, 0.1, 0.8]])
    """
    if values == 1:
        return np.ones((1, 1))
    matrix = np.full((values, values), (1.0 - keep) / (values - 1))
    np.fill_diagonal(matrix, keep)
    return matrix


def invariant_matrix(counts: npt.ArrayLike, keep: Matrix, strength: float) -> Matrix:
    """A matrix that leaves the expected counts as they are.

    Parameters
    ----------
    counts : (values,) array
        Records with each value.
    keep : (values, values) array
        A matrix to start from.
    strength : float
        Between 0 (nothing changes) and 1.

    Returns
    -------
    (values, values) float64 array

    Notes
    -----
    R = strength·P·Q + (1 − strength)·I with Q_kj = P_jk·c_j / Σ_i c_i·P_ik, as in sdcMicro's ``pram`` (where the
    diagonal of P is drawn at random; here it is given).
    """
    share = np.asarray(counts, dtype=np.float64)
    came = keep * share[:, None]  # records of value j released as k
    total = came.sum(axis=0)
    back = np.divide(came, total, out=np.zeros_like(came), where=total > 0).T
    lonely = total <= 0
    back[lonely, lonely] = 1.0
    result: Matrix = strength * keep @ back + (1.0 - strength) * np.eye(share.size)
    return result


def rounded_matrix(matrix: Matrix, digits: int = 4) -> Matrix:
    """The probabilities as they are published, and used: rounded, with the diagonal making each row's sum 1."""
    result: Matrix = np.floor(matrix * 10**digits + 0.5) / 10**digits
    np.fill_diagonal(result, 0.0)
    np.fill_diagonal(result, np.round(1.0 - result.sum(axis=1), digits))
    return result


def randomise(codes: npt.NDArray[np.integer], matrix: Matrix, generator: np.random.Generator) -> npt.NDArray[np.int64]:
    """Each code drawn anew from its row of the matrix; codes beyond the matrix (a missing value) stay."""
    result = codes.astype(np.int64)
    chance = generator.random(codes.size)
    for value, row in enumerate(np.cumsum(matrix, axis=1)):
        here = codes == value
        drawn = np.searchsorted(row, chance[here], side="right")
        result[here] = np.minimum(drawn, len(row) - 1)  # a sum of 1 − 1e-16 is no value of its own
    return result


def estimate_counts(released: npt.ArrayLike, matrix: Matrix) -> tuple[Matrix, Matrix] | None:
    """Counts before randomisation, without bias, and their standard errors; None where they cannot be told.

    Parameters
    ----------
    released : (values,) array
        Records with each value as released.
    matrix : (values, values) array

    Returns
    -------
    (values,) float64 array
        t = (Rᵀ)⁻¹ y; it may be below 0 for rare values.
    (values,) float64 array
        Roots of the diagonal of (Rᵀ)⁻¹ V R⁻¹ with V = Σ_i t_i (diag(R_i) − R_i R_iᵀ), negative t_i taken as 0.
    """
    counts = np.asarray(released, dtype=np.float64)
    if not counts.size or np.linalg.cond(matrix) > _LARGEST_CONDITION:
        return None
    inverse = np.linalg.inv(matrix.T)
    estimate = inverse @ counts
    positive = np.maximum(estimate, 0.0)
    spread = np.diag(positive @ matrix) - (matrix.T * positive) @ matrix
    error = np.sqrt(np.maximum(np.diag(inverse @ spread @ inverse.T), 0.0))
    return estimate, error
