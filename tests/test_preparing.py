"""Compiling kernels in a process of its own, and knowing when that need not be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from anonymiser.engine import preparing

KERNEL = """
from numba import njit

@njit(cache=True)
def double(x):
    return 2 * x

def warm():
    double(1)
"""


@pytest.fixture
def little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> preparing.Part:
    """One kernel that nobody has compiled."""
    (tmp_path / "little_kernels.py").write_text(KERNEL)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delitem(sys.modules, "little_kernels", raising=False)
    return preparing.Part(("little_kernels",), "little_kernels:warm")


def test_what_is_not_kept_is_compiled_once_by_another_process(little: preparing.Part, tmp_path: Path) -> None:
    assert not preparing.are_kept("little_kernels")
    assert preparing.begin(little)() == 0
    assert preparing.are_kept("little_kernels")
    import little_kernels

    assert little_kernels.double(4) == 8
    assert not little_kernels.double.stats.cache_misses
    assert sum(little_kernels.double.stats.cache_hits.values()) == 1
    assert preparing.begin(little)() is None  # nothing is started

    source = tmp_path / "little_kernels.py"
    changed = source.stat().st_mtime + 60
    os.utime(source, (changed, changed))
    assert not preparing.are_kept("little_kernels")


def test_nothing_is_lost_where_compiling_fails(little: preparing.Part) -> None:
    failing = preparing.Part(little.modules, "little_kernels:nothing_of_this_name")
    assert preparing.begin(failing)() != 0
    assert not preparing.are_kept("little_kernels")
