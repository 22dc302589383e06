"""Generators for random steps, from a secret and the name of the step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

import numpy as np

__all__ = ["KeyOf", "generators_from", "step_key"]

KeyOf = Callable[[str], bytes]
"""From the name of a step to 32 bytes; a release's keys give them (HKDF of master key and release id)."""
_BYTES: Final = 32


def step_key(secret: bytes) -> KeyOf:
    """Keys of steps from a secret of one's own: for looking at candidates, never for a release."""
    return lambda step: hashlib.blake2b(step.encode(), key=secret, digest_size=_BYTES).digest()


def generators_from(key_of: KeyOf) -> Callable[[str], np.random.Generator]:
    """One generator a step: the same key and step give the same numbers, another key others.

    Notes
    -----
    Philox-4x64-10 with a secret key of 128 bits and a secret start of its counter of 128 bits. It passes every
    statistical test, and nobody is known to get back to its key from its numbers; it is no cipher, however, so what
    has to withstand anybody (pseudonyms, the order of the rows) uses AES and HMAC.

    References
    ----------
    Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3.

    Examples
    --------
    >>> draw = lambda key: generators_from(step_key(key))("noise").integers(1000, size=3).tolist()
    >>> draw(b"a") == draw(b"a"), draw(b"a") == draw(b"b")
    (True, False)
    """

    def generator(step: str) -> np.random.Generator:
        key = key_of(step)
        first, second = int.from_bytes(key[:16], "little"), int.from_bytes(key[16:_BYTES], "little")
        return np.random.Generator(np.random.Philox(key=first, counter=second))

    return generator
