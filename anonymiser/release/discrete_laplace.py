"""Noise for counts: the discrete Laplace distribution, drawn exactly from a secret key.

Nothing here is computed in floating point: the digits of a floating-point Laplace draw can give the count away
(Mironov 2012).

References
----------
Canonne, Kamath, Steinke (2020), The discrete Gaussian for differential privacy (algorithms 1 and 2).
Ghosh, Roughgarden, Sundararajan (2009), Universally utility-maximizing privacy mechanisms (the geometric mechanism).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

__all__ = ["KeyStream", "add_noise", "discrete_laplace", "off_by"]

_BLOCK = 1 << 16


class KeyStream:
    """Uniform whole numbers from the AES-256-CTR key stream of a key.

    Parameters
    ----------
    key : bytes
        32 bytes, for this purpose only.
    """

    def __init__(self, key: bytes) -> None:
        self._stream = Cipher(AES(key), CTR(bytes(16))).encryptor()
        self._block, self._at = b"", 0

    def below(self, limit: int) -> int:
        """A number from 0 to ``limit`` − 1, each exactly as likely."""
        bits = (limit - 1).bit_length()
        size = (bits + 7) // 8
        while True:
            if self._at + size > len(self._block):
                self._block, self._at = self._stream.update(bytes(max(_BLOCK, size))), 0
            found = int.from_bytes(self._block[self._at : self._at + size], "big") >> (8 * size - bits)
            self._at += size
            if found < limit:
                return found


def discrete_laplace(stream: KeyStream, scale: Fraction) -> int:
    """A whole number x with probability (e^(1/scale) − 1)/(e^(1/scale) + 1) · e^(−|x|/scale)."""
    top, bottom = scale.numerator, scale.denominator
    while True:
        rest = stream.below(top)
        if not _with_probability_exp(stream, rest, top):
            continue
        whole = 0
        while _with_probability_exp(stream, 1, 1):
            whole += 1
        size = (rest + top * whole) // bottom
        negative = stream.below(2) == 1
        if negative and size == 0:
            continue  # else 0 would come twice as often
        return -size if negative else size


def _with_probability_exp(stream: KeyStream, top: int, bottom: int) -> bool:
    """True with probability e^(−top/bottom), of a quotient from 0 to 1."""
    draws = 1
    while stream.below(bottom * draws) < top:
        draws += 1
    return draws % 2 == 1


def add_noise(counts: npt.NDArray[np.integer], scale: Fraction, key: bytes) -> npt.NDArray[np.int64]:
    """Counts with independent noise; the same key gives the same noise.

    Parameters
    ----------
    counts : integer array
    scale : Fraction
        Above 0: sensitivity over budget.
    key : bytes
        32 bytes, for this array only.
    """
    stream = KeyStream(key)
    noise = np.array([discrete_laplace(stream, scale) for _ in range(counts.size)], dtype=np.int64)
    return counts.astype(np.int64) + noise.reshape(counts.shape)


def off_by(scale: Fraction, confidence: float = 0.95) -> int:
    """The smallest number that the noise exceeds, in size, with at most 1 − ``confidence``.

    P(|X| > a) = 2·e^(−(a+1)/scale)/(1 + e^(−1/scale)).

    >>> off_by(Fraction(1)), off_by(Fraction(20))
    (3, 60)
    """
    step = math.exp(-1.0 / float(scale))
    return max(0, math.ceil(-float(scale) * math.log((1.0 - confidence) * (1.0 + step) / 2.0) - 1.0))
