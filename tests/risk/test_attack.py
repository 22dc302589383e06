"""Attacks on records against a plain search through text and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.attributes import Role
from anonymiser.engine.frequency import build
from anonymiser.errors import ColumnError, RecipeError
from anonymiser.hierarchies import FlatSpec, Group, GroupLevel, GroupSpec, IntervalLevel, IntervalSpec
from anonymiser.hierarchies.derived import Derived, bmi_levels
from anonymiser.microdata import Microdata
from anonymiser.privacy import KAnonymity
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.risk.attack import (
    attack_record,
    most_exposed,
    released_rows,
    sensitive_spread,
    singled_out_by_precision,
)
from anonymiser.risk.knowledge import Fact, View, original_view, released_view
from anonymiser.risk.match_counts import match_counts
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.full_domain import generalise

WEIGHT = IntervalSpec(
    levels=(
        IntervalLevel(name="5 kg", edges=(55, 60, 65, 70)),
        IntervalLevel(name="10 kg", edges=(60, 70)),
    )
)
TOWN = GroupSpec(
    levels=(
        GroupLevel(
            name="part", groups=(Group(label="north", members=("ely", "ayr")), Group(label="south", members=("rye",)))
        ),
    )
)

cells = st.lists(
    st.tuples(
        st.sampled_from(["50", "54.9", "55", "60", "60.0", "62", "70", "71.5", "n/k", None]),
        st.sampled_from(["ely", "ayr", "rye", None]),
        st.sampled_from(["F", "M"]),
        st.sampled_from(["1.6", "1.7", "1.75", None]),
    ),
    min_size=1,
    max_size=25,
)
facts = st.lists(
    st.one_of(
        st.builds(Fact, st.just("weight"), st.integers(0, 3)),
        st.builds(Fact, st.just("weight"), within=st.sampled_from([0.0, 0.1, 1.5, 5.0, 30.0])),
        st.builds(Fact, st.just("town"), st.integers(0, 2)),
        st.builds(Fact, st.just("sex"), st.integers(0, 1)),
        st.builds(Fact, st.just("height"), within=st.sampled_from([0.0, 0.05, 0.1])),
    ),
    max_size=4,
    unique_by=lambda fact: fact.attribute,
).map(tuple)


def made(
    rows: list[tuple[str | None, ...]], weight: int, town: int, sex: int, height: int
) -> tuple[EncodedTable, Recipe]:
    names = ("weight", "town", "sex", "height")
    data = Microdata.from_columns({name: [row[j] for row in rows] for j, name in enumerate(names)})
    specs = (WEIGHT, TOWN, FlatSpec(), FlatSpec())
    levels = (weight, town, sex, height)
    plans = tuple(
        AttributePlan(name=n, role=Role.QUASI, hierarchy=s, level=lv)
        for n, s, lv in zip(names, specs, levels, strict=True)
    )
    return EncodedTable(data, strict=False), Recipe(attributes=plans)


def number(text: str | None) -> float | None:
    try:
        return float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


BANDS = {0: lambda x: x, 1: lambda x: sum(x >= e for e in (55, 60, 65, 70)), 2: lambda x: sum(x >= e for e in (60, 70))}


def agrees_by_weight(
    known: Fact, person: str | None, everybody: list[str | None], shown: int
) -> Callable[[str | None], bool]:
    """Whether a record shown at a level can be the person, by looking at every value that occurs."""
    if shown == 3:
        return lambda _: True

    def label(text: str | None, level: int) -> object:
        if level == 3:
            return "*"
        if text is None:
            return "missing"
        value = number(text)
        if level == 0:
            return text
        return "text" if value is None else BANDS[level](value)

    if known.within is None:
        level = max(known.level, shown)
        return lambda text: label(text, level) == label(person, level)
    mine = number(person)
    if mine is None:
        return lambda text: label(text, shown) == label(person, shown)
    near = {
        (number(text) if shown == 0 else label(text, shown))
        for text in everybody
        if number(text) is not None and abs(number(text) - mine) <= known.within * (1 + 1e-9) + 1e-6
    }
    return lambda text: number(text) is not None and (number(text) if shown == 0 else label(text, shown)) in near


def agrees(known: Fact, rows: list[tuple[str | None, ...]], person: int, shown: int) -> list[bool]:
    at = ("weight", "town", "sex", "height").index(known.attribute)
    column = [row[at] for row in rows]
    mine = column[person]
    if known.attribute == "weight":
        return [agrees_by_weight(known, mine, column, shown)(text) for text in column]
    if known.attribute == "height":
        if shown:
            return [True] * len(rows)
        if mine is None:
            return [text is None for text in column]
        return [text is not None and abs(float(text) - float(mine)) <= known.within + 1e-9 for text in column]
    level = max(known.level, shown)
    top = 2 if known.attribute == "town" else 1
    part = {"ely": "north", "ayr": "north", "rye": "south", None: "missing"}
    if level == top:
        return [True] * len(rows)
    return [(part[t] == part[mine] if level == 1 else t == mine) for t in column]


@settings(max_examples=300, deadline=None)
@given(cells, facts, st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 1), st.integers(0, 1)), st.data())
def test_matches_are_those_of_a_plain_search(
    rows: list[tuple[str | None, ...]], known: tuple[Fact, ...], levels: tuple[int, ...], data: st.DataObject
) -> None:
    if any(
        fact.within is not None and all(number(row[3 if fact.attribute == "height" else 0]) is None for row in rows)
        for fact in known
    ):
        return  # no numbers: refused, see below
    table, recipe = made(rows, *levels)
    kept = data.draw(st.one_of(st.none(), st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))))
    present = None if kept is None else np.array(kept)
    before, after = original_view(table, recipe, known), released_view(table, recipe, known, present)
    shown = dict(zip(("weight", "town", "sex", "height"), levels, strict=True))
    counted = match_counts(before), match_counts(after)
    for person in range(len(rows)):
        plain = [
            all(column) for column in zip(*(agrees(f, rows, person, 0) for f in known), [True] * len(rows), strict=True)
        ]
        assert before.matches(person).tolist() == plain
        seen = [
            all(column)
            for column in zip(
                *(agrees(f, rows, person, shown[f.attribute]) for f in known), kept or [True] * len(rows), strict=True
            )
        ]
        assert after.matches(person).tolist() == seen
        assert plain[person]
        assert counted[0][person] == sum(plain)
        assert counted[1][person] == sum(seen)
        assert min(match_counts(after, np.array([person]), most=2)[0], 2) == min(sum(seen), 2)


@settings(max_examples=100, deadline=None)
@given(cells, facts, st.tuples(st.integers(0, 2), st.integers(0, 1), st.just(0), st.just(0)))
def test_a_coarser_release_hides_everybody_better(
    rows: list[tuple[str | None, ...]], known: tuple[Fact, ...], levels: tuple[int, ...]
) -> None:
    known = tuple(fact for fact in known if fact.within is None)
    table, recipe = made(rows, *levels)
    coarser = recipe.with_levels({"weight": levels[0] + 1, "town": levels[1] + 1})
    fine, coarse = (match_counts(released_view(table, r, known)) for r in (recipe, coarser))
    assert (coarse >= fine).all()
    assert (fine >= match_counts(original_view(table, recipe, known))).all()


def test_precision_by_hand() -> None:
    rows = [
        ("60", "ely", "F", "1.6"),
        ("62", "ely", "F", "1.7"),
        ("70", "rye", "F", "1.7"),
        ("71.5", "rye", "M", "1.75"),
    ]
    table, recipe = made(rows, 2, 1, 0, 1)
    steps = [(Fact("weight", within=w),) for w in (0, 1.5, 2, 20)]
    assert [s.original for s in singled_out_by_precision(table, recipe, steps)] == [4, 2, 0, 0]
    assert [s.released for s in singled_out_by_precision(table, recipe, steps)] == [0, 0, 0, 0]
    with_sex = [(Fact("weight", within=0), Fact("sex"))]
    assert singled_out_by_precision(table, recipe, with_sex)[0].released == 2
    gone = np.array([True, True, True, False])
    found = singled_out_by_precision(table, recipe, with_sex, gone, np.array([0, 2, 3]))[0]
    assert (found.people, found.original, found.released) == (3, 3, 1)


def test_the_most_exposed() -> None:
    rows = [("60", "ely", "F", "1.6"), ("62", "ely", "F", "1.7"), ("63", "rye", "F", "1.7"), ("70", "rye", "M", "1.75")]
    table, recipe = made(rows, 2, 0, 0, 1)
    known = (Fact("weight"), Fact("town"))
    before, after = original_view(table, recipe, known), released_view(table, recipe, known)
    assert [(e.row, e.before, e.after) for e in most_exposed(before, after, 3)] == [(2, 1, 1), (3, 1, 1), (0, 1, 2)]
    gone = released_view(table, recipe, known, np.array([True, True, False, False]))
    assert [e.row for e in most_exposed(before, gone)] == [0, 1]
    nobody = released_view(table, recipe, known, np.zeros(4, dtype=np.bool_))
    assert most_exposed(before, nobody) == ()


def test_a_record_that_is_not_released_cannot_be_found() -> None:
    rows = [("60", "ely", "F", "1.6"), ("62", "ely", "M", "1.7")]
    table, recipe = made(rows, 3, 0, 1, 1)
    known = (Fact("town"),)
    before = original_view(table, recipe, known)
    after = released_view(table, recipe, known, np.array([False, True]))
    found = attack_record(before, after, 0)
    assert (found.before, found.after, found.released) == (2, 1, False)
    assert (found.chance_before, found.chance_after) == (0.5, 0)
    with pytest.raises(ColumnError, match="from 0 to 1"):
        attack_record(before, after, 2)
    with pytest.raises(ColumnError, match="from 0 to 1"):
        attack_record(before, after, -1)


def test_what_is_learnt() -> None:
    data = Microdata.from_columns(
        {"sex": ["F", "F", "F", "M"], "drinks": ["1", "9", None, "9"], "note": ["a", "b", "c", "d"]}
    )
    drinks = IntervalSpec(levels=(IntervalLevel(name="bands", edges=(5,), labels=("few", "many")),))
    recipe = Recipe(
        attributes=(
            AttributePlan(name="sex", role=Role.QUASI, hierarchy=FlatSpec()),
            AttributePlan(name="drinks", role=Role.SENSITIVE, hierarchy=drinks, level=1),
            AttributePlan(name="note", role=Role.SENSITIVE, hierarchy=FlatSpec(), treatment=Treatment.DROP),
        )
    )
    table = EncodedTable(data)
    matches = released_view(table, recipe, (Fact("sex"),)).matches(0)
    spread = sensitive_spread(table, recipe, "drinks", matches)
    assert dict(zip(spread.labels, spread.counts, strict=True)) == {"few": 1, "many": 1, "missing": 1}
    assert spread.odds == (1, 3)
    assert spread.labels[spread.likeliest] == "few"
    assert (spread.records, spread.different) == (3, 2)
    exact = sensitive_spread(table, recipe, "drinks", matches, original=True)
    assert set(exact.labels) == {"1", "9", "missing"}
    hidden = sensitive_spread(table, recipe, "note", matches)
    assert (hidden.labels, hidden.records, hidden.likeliest, hidden.odds) == ((), 0, None, (0, 0))


def people(weights: list[str], heights: list[str], level: int) -> tuple[EncodedTable, Recipe]:
    data = Microdata.from_columns({"w": weights, "h": heights})
    derived = Derived(name="bmi", inputs=("w", "h"))
    plans = (
        AttributePlan(name="w", role=Role.OBSERVABLE, hierarchy=FlatSpec(), treatment=Treatment.DROP),
        AttributePlan(name="h", role=Role.OBSERVABLE, hierarchy=FlatSpec(), treatment=Treatment.DROP),
        AttributePlan(name="bmi", role=Role.OBSERVABLE, hierarchy=bmi_levels(derived.compute(data), 1), level=level),
    )
    return EncodedTable(data), Recipe(attributes=plans, derived=(derived,))


def test_who_knows_weight_and_height_knows_the_body_mass_index() -> None:
    table, recipe = people(["50", "60", "95", "96"], ["1.7", "170", "1.7", "1.7"], 2)
    both = (Fact("w"), Fact("h"))
    assert match_counts(released_view(table, recipe, (Fact("w"),))).tolist() == [4, 4, 4, 4]
    assert match_counts(released_view(table, recipe, both)).tolist() == [1, 1, 2, 2]
    loose = (Fact("w", within=5), Fact("h", within=0.5))  # 1.7 ± 0.5 m but 170 ± 0.5 cm
    assert match_counts(released_view(table, recipe, loose)).tolist() == [4, 1, 3, 3]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(400, 1200), st.integers(140, 200)), min_size=1, max_size=20),
    st.sampled_from([0.0, 1.0, 5.0]),
    st.sampled_from([0.0, 2.0]),
    st.integers(0, 2),
)
def test_a_person_always_fits_the_own_record(
    measures: list[tuple[int, int]], kilograms: float, centimetres: float, level: int
) -> None:
    table, recipe = people([str(w / 10) for w, _ in measures], [str(h) for _, h in measures], level)
    after = released_view(table, recipe, (Fact("w", within=kilograms), Fact("h", within=centimetres)))
    for person in range(len(measures)):
        assert after.matches(person)[person]
        (window,) = after.windows
        index = [math.floor(round(w / 10 / (h / 100) ** 2 * 10, 6)) / 10 for w, h in measures]
        w, h = measures[person]
        low = math.floor(round((w / 10 - kilograms) / ((h + centimetres) / 100) ** 2 * 10, 6)) / 10
        high = math.floor(round((w / 10 + kilograms) / ((h - centimetres) / 100) ** 2 * 10, 6)) / 10
        if level == 0:
            expected = [low - 1e-6 <= one <= high + 1e-6 for one in index]
            assert window.agrees(person).tolist() == expected


def test_the_released_rows_are_those_of_the_release() -> None:
    rows = [("60", "ely", "F", "1.6"), ("62", "ely", "F", "1.7"), ("63", "rye", "M", "1.7")]
    table, recipe = made(rows, 2, 2, 0, 1)
    released = generalise(table, recipe, [KAnonymity(k=2)])
    assert released_rows(table, released).tolist() == [True, True, False]


def test_nothing_known_fits_everybody() -> None:
    table, recipe = made([("60", "ely", "F", "1.6")] * 3, 0, 0, 0, 0)
    assert match_counts(original_view(table, recipe, ())).tolist() == [3, 3, 3]
    assert match_counts(View(0, ())).tolist() == []


@pytest.mark.parametrize(
    ("fact", "error", "message"),
    [
        (Fact("height2"), RecipeError, "no column"),
        (Fact("town", 7), RecipeError, "levels 0 to 2"),
        (Fact("weight", within=-1), ColumnError, "0 or more"),
        (Fact("weight", within=float("nan")), ColumnError, "0 or more"),
        (Fact("sex", within=1), ColumnError, "no numbers"),
    ],
)
def test_knowledge_that_makes_no_sense(fact: Fact, error: type[Exception], message: str) -> None:
    table, recipe = made([("60", "ely", "F", "1.6"), ("61", "rye", "M", "1.7")], 0, 0, 0, 0)
    for view in (original_view, released_view):
        with pytest.raises(error, match=message):
            view(table, recipe, (fact,))


def test_bands_that_overlap_are_refused() -> None:
    groups = (Group(label="odd", members=("1", "3")), Group(label="even", members=("2", "4")))
    spec = GroupSpec(levels=(GroupLevel(name="parity", groups=groups),))
    data = Microdata.from_columns({"n": ["1", "2", "3", "4"]})
    recipe = Recipe(attributes=(AttributePlan(name="n", role=Role.QUASI, hierarchy=spec, level=1),))
    with pytest.raises(ColumnError, match="overlap"):
        released_view(EncodedTable(data), recipe, (Fact("n", within=1),))


def test_as_many_values_as_rows() -> None:
    """Tables by leaf and by row must not be taken for each other when they are equally long."""
    rows = [(str(w), None, "F", None) for w in (70, 50, 62)]
    table, recipe = made(rows, 0, 0, 0, 0)
    view = original_view(table, recipe, (Fact("weight", within=9),))
    assert [np.flatnonzero(view.matches(i)).tolist() for i in range(3)] == [[0, 2], [1], [0, 2]]


def test_large_tables_give_the_same_as_a_search_person_by_person() -> None:
    random = np.random.default_rng(5)
    rows = 4_000
    data = Microdata.from_columns(
        {
            "w": [f"{v:.1f}" for v in random.normal(75, 15, rows)],
            "h": [f"{v:.2f}" for v in random.normal(1.7, 0.1, rows)],
            "c": [str(v) for v in random.integers(0, 20, rows)],
        }
    )
    plans = tuple(AttributePlan(name=n, role=Role.QUASI, hierarchy=FlatSpec()) for n in "whc")
    view = original_view(
        EncodedTable(data), Recipe(attributes=plans), (Fact("w", within=3), Fact("h", within=0.02), Fact("c"))
    )
    some = random.choice(rows, 200, replace=False)
    assert match_counts(view, some).tolist() == [int(view.matches(int(i)).sum()) for i in some]
    assert (match_counts(view, some, most=3) >= np.minimum(match_counts(view, some), 3)).all()


def test_the_engine_and_the_attack_count_the_same_classes() -> None:
    rows = [("60", t, s, "1.6") for t in ("ely", "ayr", "rye", None) for s in "FFM"]
    table, recipe = made(rows, 3, 1, 0, 1)
    classes = build(*table.qis(recipe), node=recipe.node)
    counts = match_counts(released_view(table, recipe, tuple(Fact(p.name) for p in recipe.qis)))
    assert sorted(np.unique(counts, return_counts=True)[0].tolist()) == sorted(set(classes.counts.tolist()))
    assert counts.sum() == (classes.counts.astype(int) ** 2).sum()
