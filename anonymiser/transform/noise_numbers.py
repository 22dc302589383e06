"""Noise on numbers: independent or correlated, Gaussian or Laplace, with or without the spread kept.

Tables are (records, columns) arrays; a missing number is NaN and stays so.

References
----------
Kim (1986), A method for limiting disclosure in microdata based on random noise and transformation.
Brand (2002), Microdata protection through noise addition.
Dwork, McSherry, Nissim, Smith (2006), Calibrating noise to sensitivity in private data analysis (the Laplace
distribution; no differential privacy is claimed of records with noise).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Noise", "add_noise", "within"]

Table = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """How noise is drawn.

    Attributes
    ----------
    size : float
        Standard deviation of the noise over that of the column.
    laplace : bool
        Laplace instead of Gaussian.
    correlated : bool
        The noise of a record's columns has the covariance of the columns (times ``size`` squared), else it is
        independent.
    keep_spread : bool
        Numbers and noise are shrunk towards the mean by 1/√(1 + size²), so that means and variances, and with
        ``correlated`` covariances too, stay as they were in expectation.
    """

    size: float
    laplace: bool = False
    correlated: bool = False
    keep_spread: bool = False


def add_noise(table: npt.ArrayLike, noise: Noise, generator: np.random.Generator) -> Table:
    """Numbers with noise, x' = m + c·(x − m + e) with c = 1, or 1/√(1 + size²) where the spread is kept.

    Parameters
    ----------
    table : (records, columns) array
    noise : Noise
    generator : numpy Generator

    Returns
    -------
    (records, columns) float64 array

    Notes
    -----
    sdcMicro's ``addNoise``: "additive" with noise = 100·size is independent noise; "correlated" with noise =
    100·size² is correlated noise; "correlated2" with δ = size/√(1 + size²) is independent noise with the spread kept.
    Correlated noise with the spread kept is Kim's. The covariance is that of the records without a missing number;
    Laplace noise is made correlated by the same factor of the covariance. A constant column gets no noise.
    """
    numbers = np.asarray(table, dtype=np.float64)
    draws = _draw(numbers.shape, noise, generator)
    mean, spread = _moments(numbers)
    if noise.correlated:
        whole = numbers[~np.isnan(numbers).any(axis=1)]
        error = draws @ _root(_covariance(whole)).T
    else:
        error = draws * spread
    shrink = 1.0 / np.sqrt(1.0 + noise.size**2) if noise.keep_spread else 1.0
    if shrink == 1.0:
        return numbers + noise.size * error
    return mean + shrink * (numbers - mean + noise.size * error)


def within(values: npt.ArrayLike, lowest: float | None, highest: float | None) -> Table:
    """Numbers beyond a bound reflected at it (again and again, between two), so that none gathers on the bound.

    A number that a reflection at one bound would throw beyond the other one cannot be: between two bounds the fold
    has the period of twice their distance. Equal bounds make all numbers the same.

    Examples
    --------
    >>> within([-3.0, 4.0, 12.0, 26.0], 0, 10).tolist()
    [3.0, 4.0, 8.0, 6.0]
    >>> within([-3.0], 0, None).tolist()
    [3.0]
    """
    numbers = np.asarray(values, dtype=np.float64)
    if lowest is None:
        return numbers if highest is None else np.where(numbers > highest, 2 * highest - numbers, numbers)
    if highest is None:
        return np.where(numbers < lowest, 2 * lowest - numbers, numbers)
    width = highest - lowest
    if width <= 0:
        return np.where(np.isnan(numbers), np.nan, lowest)
    away = np.mod(numbers - lowest, 2 * width)
    inside = (numbers >= lowest) & (numbers <= highest)  # untouched to the last digit
    return np.where(inside | np.isnan(numbers), numbers, lowest + np.minimum(away, 2 * width - away))


def _draw(shape: tuple[int, ...], noise: Noise, generator: np.random.Generator) -> Table:
    """Independent draws with variance 1."""
    if noise.laplace:
        return generator.laplace(scale=np.sqrt(0.5), size=shape)
    return generator.standard_normal(shape)


def _moments(numbers: Table) -> tuple[Table, Table]:
    mean, spread = np.zeros(numbers.shape[1]), np.zeros(numbers.shape[1])
    for j, column in enumerate(numbers.T):
        known = column[~np.isnan(column)]
        if known.size:
            mean[j] = known.mean()
        if known.size > 1:
            spread[j] = known.std(ddof=1)
    return mean, spread


def _covariance(numbers: Table) -> Table:
    if numbers.shape[0] < 2:  # noqa: PLR2004 - one record has no spread
        return np.zeros((numbers.shape[1], numbers.shape[1]))
    return np.atleast_2d(np.cov(numbers, rowvar=False))


def _root(covariance: Table) -> Table:
    """A matrix whose product with its transpose is the covariance, singular ones too."""
    values, vectors = np.linalg.eigh(covariance)
    root: Table = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
