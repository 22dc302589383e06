"""Loads the kernels of the walk over a lattice and of its search, by a small walk and a small check."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["warm"]


def warm() -> None:
    """Load every kernel of both modules, compiling them the first time."""
    _walk()
    _check()


def _walk() -> None:
    from anonymiser.engine import lattice_kernels
    from anonymiser.engine.lattice_records import (
        Found,
        Lattice,
        OrderRules,
        RecursiveRules,
        Rules,
        ShareRules,
        TreeRules,
        Tuples,
    )

    kernels: Any = lattice_kernels
    one, word, real = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.uint64), np.ones(3)
    none = one[:0]
    at = np.array([[0, 1]], dtype=np.int64)
    lattice = Lattice(1, one, one + 1, word, word, word, at, one, one + 1, at)
    rules = Rules(
        bucket_of=one,
        limits=np.zeros((0, 3)),
        first=one,
        table=none,
        missing=none,
        bits=word[:0],
        known=word[:0],
        logs=real,
        extremes=True,
        counted=np.zeros(0, dtype=np.bool_),
        with_logs=np.zeros(0, dtype=np.bool_),
        fewest=1,
        shares=ShareRules(np.zeros(0, dtype=np.bool_), real[:0], real[:0], real[:0]),
        recursive=RecursiveRules(none, real[:0], none),
        orders=OrderRules(real[:0], none, none, one, none, one, none),
        trees=TreeRules(none, none, real[:0], one, none, none),
    )
    found = Found(np.zeros((1, 1, 5), dtype=np.int64), np.zeros((1, 6)), np.zeros((1, 1, 2)), one.reshape(1, 1))
    given = Tuples(word, np.ones(1, dtype=np.int32), np.zeros((1, 0), dtype=np.int32), word[:0])
    out = (word.copy(), np.ones(1, dtype=np.int32), given.hist, given.masks)
    slots = np.empty(kernels.slots_for(1), dtype=np.int32)
    kernels.step(*given, 1, word[0], word[0], word, word[0], word[0], slots, *out)
    kernels.walk(*given, one, 0, lattice, rules, found, one.repeat(2))


def _check() -> None:
    from anonymiser.engine import probe_kernels

    kernels: Any = probe_kernels
    one, word = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.uint64)
    pool = (np.zeros(4, dtype=np.uint64), np.ones(4, dtype=np.int32), np.zeros(0, dtype=np.uint64))
    kernels.check(
        *pool,
        np.array([[0, 1, 0]], dtype=np.int64),
        np.ones(2, dtype=np.int64),
        one,
        word,
        word,
        np.zeros(1, dtype=np.uint32),
        np.zeros((1, 1, 1), dtype=np.int64),
        one,
        np.array([[0, 1, 1]], dtype=np.int64),
        np.zeros((1, 1), dtype=np.int64),
        1,
        1,
        word[:0],
        one[:0],
        1,
        False,
        np.zeros(1 << 10, dtype=np.int32),
        np.zeros(4, dtype=np.bool_),
        np.zeros(7, dtype=np.int64),
        one.copy(),
    )
    kernels.raise_finer(np.zeros(1, dtype=np.int32), np.ones(1, dtype=np.int64), np.ones(1, dtype=np.int64), one, 1)
