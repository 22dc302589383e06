"""Which rows of a release with methods fit a person, against counting by hand from what the cells read."""

from __future__ import annotations

import random

import numpy as np
import pytest

from anonymiser.attacking import facts, search, words
from anonymiser.attributes import Role
from anonymiser.hierarchies import FlatSpec, TableSpec
from anonymiser.methods import (
    Anatomy,
    KMember,
    LocalRecoding,
    LocalSuppression,
    Masking,
    MethodParameters,
    Microaggregation,
    Mondrian,
    Noise,
    Pram,
    RankSwapping,
    Rounding,
    Sampling,
    TopBottomCoding,
)
from anonymiser.microdata import Microdata
from anonymiser.privacy import KAnonymity
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.risk.knowledge import Fact
from anonymiser.risk.match_counts import match_counts

ROWS = 60
TOWNS = {"Rome": "Italy", "Milan": "Italy", "Turin": "Italy", "Nice": "France", "Lyon": "France", "Bonn": "Germany"}
LATIN = {"Italy": "South", "France": "South", "Germany": "North"}


def project_of(*methods: MethodParameters, k: int = 4, blanks: bool = True) -> Project:
    drawn = random.Random(4)
    table: dict[str, list[str | None]] = {
        "age": [str(drawn.randint(18, 60)) for _ in range(ROWS)],
        "town": [drawn.choice(sorted(TOWNS)) for _ in range(ROWS)],
        "code": [drawn.choice(["A1x", "A2x", "B1x", "B2x"]) for _ in range(ROWS)],
        "ill": [drawn.choice(["flu", "cold", "gout"]) for _ in range(ROWS)],
    }
    if blanks:
        for place in (3, 20, 41):
            table["age"][place] = None
        table["town"][7] = None
    of_town = TableSpec(rows=tuple((town, TOWNS[town], LATIN[TOWNS[town]], "*") for town in sorted(TOWNS)))
    plans = (
        AttributePlan(name="age", role=Role.QUASI, hierarchy=FlatSpec()),
        AttributePlan(name="town", role=Role.QUASI, hierarchy=of_town),
        AttributePlan(name="code", role=Role.QUASI, hierarchy=FlatSpec()),
        AttributePlan(name="ill", role=Role.SENSITIVE, hierarchy=FlatSpec()),
    )
    recipe = Recipe(attributes=plans, requirements=(KAnonymity(k=k),), suppression=1.0, methods=methods)
    return Project(Microdata.from_columns(table), recipe)


def cells(project: Project) -> list[dict[str, str]]:
    """The released rows as they read."""
    table = project.released()
    return [
        {c.name: (*c.labels, "")[int(c.codes[row])] for c in table.columns if c.name in ("age", "town", "code")}
        for row in range(table.rows)
    ]


def value(project: Project, name: str, row: int) -> str | None:
    column = project.microdata.column(name)
    return (*column.values, None)[int(column.codes[row])]


def could_be(text: str, true: str | None, *, emptied: bool = False) -> bool:
    """Whether a cell may stand for a value, by reading it."""
    if text == "*" or (emptied and not text):
        return True
    if true is None:
        return not text or text.endswith("missing")
    text = text.removesuffix(" or missing")
    if " to " in text:
        first, last = text.split(" to ")
        return int(first) <= int(true) <= int(last)
    country = TOWNS.get(true, "")
    return any(part in (true, country, LATIN.get(country)) for part in text.split(" or "))


def counted(project: Project, *known: str | Fact) -> np.ndarray:
    knowledge = tuple(one if isinstance(one, Fact) else Fact(one) for one in known)
    return match_counts(search.search(project, knowledge, search.present_rows(project)).after)


@pytest.mark.parametrize(
    "method",
    [
        Mondrian(),
        Mondrian(relaxed=True),
        LocalRecoding(),
        KMember(),
        LocalSuppression(),
        LocalSuppression(reading="any"),
        Rounding(names=("age",), base=5),
        TopBottomCoding(names=("age",), lowest=25, highest=50),
        Sampling(share=0.5),
    ],
    ids=str,
)
@pytest.mark.parametrize("known", [("age", "town", "code"), ("town",), ("age",)], ids=" ".join)
def test_rows_fit_that_could_be_the_persons(method: MethodParameters, known: tuple[str, ...]) -> None:
    project = project_of(method)
    emptied = isinstance(method, LocalSuppression)
    rows, found = cells(project), counted(project, *known)

    def fits(row: dict[str, str], person: int) -> bool:
        for name in known:
            true = value(project, name, person)
            text = row[name]
            if name == "age" and isinstance(method, Rounding) and true is not None:
                true = str(round(int(true) / 5) * 5)
            if name == "age" and isinstance(method, TopBottomCoding) and true is not None:
                true = str(min(50, max(25, int(true))))
                text = text.removesuffix(" or less").removesuffix(" or more")
            if not could_be(text, true, emptied=emptied):
                return False
        return True

    by_hand = [sum(fits(row, person) for row in rows) for person in range(ROWS)]
    assert found.tolist() == by_hand


@pytest.mark.parametrize("method", [Mondrian(), LocalRecoding(), KMember()], ids=str)
def test_whoever_knows_every_column_finds_k_rows(method: MethodParameters) -> None:
    project = project_of(method)
    assert project.assess().met
    present = search.present_rows(project)
    assert present is not None
    found = counted(project, "age", "town", "code")
    assert found[present].min() >= 4
    listed = search.exposed(search.search(project, facts.knowing(("age", "town", "code")), present), None)
    assert [one.after for one in listed] == sorted(found[present].tolist())[:10]


def test_who_knows_less_finds_more() -> None:
    project = project_of(LocalRecoding())
    town, country = counted(project, Fact("town")), counted(project, Fact("town", 1))
    assert (country >= town).all()
    assert country.sum() > town.sum()
    within, exact = counted(project, Fact("age", 0, 3.0)), counted(project, Fact("age"))
    assert (within >= exact).all()


@pytest.mark.parametrize(
    ("method", "name"),
    [
        (Noise(names=("age",), size=0.3), "age"),
        (Microaggregation(names=("age",), k=3), "age"),
        (RankSwapping(names=("age",), share=0.2), "age"),
        (Rounding(names=("age",), base=10, at_random=True), "age"),
        (Pram(names=("town",), keep=0.6), "town"),
    ],
    ids=str,
)
def test_of_changed_values_rows_count_that_are_as_near_as_the_own_one(method: MethodParameters, name: str) -> None:
    project = project_of(method, k=1)
    rows, found = cells(project), counted(project, name)
    assert search.near_columns(search.search(project, facts.knowing((name,)), None)) == (name,)

    def off(text: str, true: str) -> float:
        return abs(float(text) - float(true)) if name == "age" else float(text != true)

    for person in range(ROWS):
        true = value(project, name, person)
        if true is None or not rows[person][name]:  # microaggregation empties cells of too few people
            assert found[person] == sum(not row[name] for row in rows)
            continue
        own = off(rows[person][name], true)
        assert found[person] == sum(bool(row[name]) and off(row[name], true) <= own + 1e-9 for row in rows)


def test_a_masked_code_is_looked_up_masked() -> None:
    project = project_of(Masking(names=("code",), side="right", characters=1), k=1)
    rows, found = cells(project), counted(project, "code")
    for person in range(ROWS):
        masked = str(value(project, "code", person))[:-1] + "*"
        assert found[person] == sum(row["code"] == masked for row in rows)


def test_values_in_a_table_apart_are_learnt_by_group() -> None:
    project = project_of(Anatomy(names=("ill",), diversity=2))
    found = search.search(project, facts.knowing(("age", "town", "code")), search.present_rows(project))
    draft = project.draft().draft
    (one,) = search.learnt(project, found, 0)[1]
    assert draft.partition is not None
    among = np.isin(draft.partition, draft.partition[found.after.matches(0)])
    assert one.after.records == int(among.sum()) >= 2
    assert one.after.different >= 2


def test_worst_columns_are_counted_on_the_labels_that_leave() -> None:
    project = project_of(Mondrian())
    worst = search.worst_columns(project, None, search.present_rows(project))
    rows = cells(project)
    for one in (*worst.pairs, *worst.triples):
        texts = [tuple(row[name] for name in one.after.attributes) for row in rows]
        assert one.after.unique_records == sum(texts.count(text) == 1 for text in texts)


def test_somebody_else_nearer_is_no_fit() -> None:
    project = project_of(Noise(names=("age",), size=0.5), k=1)
    found = search.search(project, facts.knowing(("age",)), search.present_rows(project))
    matched, _ = search.learnt(project, found, 5)
    told = words.answer(matched, ["age"], 4, search.near_columns(found))
    assert "as near to Alex as Alex's own" in told.headline
    assert "Nobody can look up" in words.methods_note(project.recipe, ("age",))
    assert search.smallest_group(project) is None
    assert search.smallest_group(project_of(Mondrian())) == project_of(Mondrian()).assess().k


def test_a_column_changed_and_then_grouped_still_holds_its_people() -> None:
    """Labels of groups that stand on noisy numbers: a person's own row always fits."""
    project = project_of(Noise(names=("age",), size=0.2), Mondrian(), blanks=False)
    found = search.search(project, facts.knowing(("age", "town", "code")), search.present_rows(project))
    assert all(found.after.matches(person)[person] for person in np.flatnonzero(found.after.present))
