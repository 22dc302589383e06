"""The order of the rows, from the key of the release."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

__all__ = ["row_order"]


def row_order(n: int, key: bytes) -> npt.NDArray[np.int64]:
    """A permutation that nobody without the key can tell from chance.

    Parameters
    ----------
    n : int
        Number of rows.
    key : bytes
        32 bytes, for this purpose only.

    Returns
    -------
    (n,) int64 array
        Which row stands in each place. The same ``n`` and key give the same permutation.

    Notes
    -----
    Each row draws 64 bits of the AES-256-CTR key stream and the rows are sorted by them; two equal
    draws (probability about n² / 2⁶⁵) keep their order. NumPy's generators are not used: they are
    no cryptographic ones, and their permutations may change from version to version.

    Examples
    --------
    >>> row_order(5, bytes(32)).tolist() == row_order(5, bytes(32)).tolist()
    True
    >>> sorted(row_order(5, bytes(32)).tolist())
    [0, 1, 2, 3, 4]
    """
    stream = Cipher(AES(key), CTR(bytes(16))).encryptor()
    draws = np.frombuffer(stream.update(bytes(8 * n)), dtype="<u8")
    return np.argsort(draws, kind="stable").astype(np.int64)
