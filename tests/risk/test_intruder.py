"""The motivated intruder, Wilson's interval, and nearly uniform classes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.engine.frequency import SensitiveCodes, build
from anonymiser.errors import InputError
from anonymiser.risk.intruder import intruder_trial
from anonymiser.risk.knowledge import View
from anonymiser.risk.uniformity import nearly_uniform
from anonymiser.risk.wilson import wilson_interval
from anonymiser.risk.windows import Window
from tests.engine_tables import tables
from tests.risk.risk_tables import encoded


def view_of(groups: list[int], present: list[bool] | None = None) -> View:
    codes = np.array(groups)
    window = Window("g", codes, codes, codes, int(codes.max()) + 1, exact=True)
    return View(len(groups), (window,), None if present is None else np.array(present))


def test_wilson_by_the_textbook() -> None:
    """Newcombe (1998), table I, method 3."""
    for successes, trials, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)
    assert wilson_interval(0, 0) == (0, 1)
    assert wilson_interval(9, 9)[1] == 1


@settings(deadline=None)
@given(st.integers(1, 2000), st.data())
def test_wilson_holds_the_rate(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1


def test_everybody_alone_is_found() -> None:
    trial = intruder_trial(view_of(list(range(50))), 20, np.random.default_rng(1))
    assert (trial.people, trial.found_something, trial.certain, trial.certain_right, trial.right) == (20,) * 5
    assert (trial.success_rate, trial.expected_rate, trial.interval[1]) == (1, 1, 1)


def test_groups_of_ten_are_found_one_time_in_ten() -> None:
    view = view_of([i // 10 for i in range(2_000)])
    trials = [intruder_trial(view, 1_000, np.random.default_rng(seed)) for seed in range(200)]
    assert all(trial.expected_rate == pytest.approx(0.1) and not trial.certain for trial in trials)
    held = sum(trial.interval[0] < 0.1 < trial.interval[1] for trial in trials)
    assert 180 <= held <= 199  # 95 %
    assert sum(trial.right for trial in trials) == pytest.approx(20_000, rel=0.03)


def test_somebody_who_was_suppressed_is_looked_for_in_vain() -> None:
    view = view_of([0, 0, 1, 1], [True, False, False, False])
    trial = intruder_trial(view, 9, np.random.default_rng(3))
    assert trial.people == 4
    assert (trial.found_something, trial.certain, trial.certain_right) == (2, 2, 1)
    assert (trial.right, trial.expected_right) == (1, 1.0)


def test_the_same_seed_is_the_same_trial() -> None:
    view = view_of([i % 7 for i in range(300)])
    one, two = (intruder_trial(view, 40, np.random.default_rng(9)) for _ in range(2))
    assert one == two
    with pytest.raises(InputError, match="at least one"):
        intruder_trial(view, 0, np.random.default_rng(9))


@settings(deadline=None)
@given(tables(), st.sampled_from([0.5, 0.75, 0.9, 1.0]), st.booleans())
def test_uniform_classes_by_counting(table: object, threshold: float, only_larger: bool) -> None:  # noqa: FBT001
    if not table.sensitive:  # type: ignore[attr-defined]
        return
    classes = table.build()  # type: ignore[attr-defined]
    kept = classes.counts >= 2 if only_larger else None
    found = nearly_uniform(classes, "s0", threshold, kept)
    expected, complete = [], 0
    for rows in table.classes((0,) * len(table.attributes)).values():  # type: ignore[attr-defined]
        if only_larger and len(rows) < 2:
            continue
        known = [v for r in rows if (v := table.sensitive[0][r]) != table.missing[0]]  # type: ignore[attr-defined]
        most = max(map(known.count, known), default=0)
        if known and most >= threshold * len(known):
            expected.append(len(rows))
            complete += len(rows) if most == len(known) else 0
    assert (found.classes, found.records, found.completely) == (len(expected), sum(expected), complete)
    assert found.numbers.size == len(expected)
    for number, value in zip(found.numbers, found.values, strict=True):
        part = slice(*classes.histograms["s0"].starts[number : number + 2])
        held = dict(zip(classes.histograms["s0"].values[part], classes.histograms["s0"].counts[part], strict=True))
        held.pop(table.missing[0], None)  # type: ignore[attr-defined]
        assert held[value] == max(held.values())


def test_missing_values_protect_nobody() -> None:
    hierarchies, leaves = encoded({"sex": ["F"] * 4 + ["M"] * 2})
    sensitive = SensitiveCodes("s", np.array([0, 2, 2, 2, 2, 2], dtype=np.uint8), 3, 2)
    classes = build(hierarchies, leaves, [sensitive], histograms=True)
    found = nearly_uniform(classes, "s", 0.9)
    assert (found.classes, found.records, found.completely, found.largest_share) == (1, 4, 4, 1)
    with pytest.raises(InputError, match="above 0"):
        nearly_uniform(classes, "s", 0)
