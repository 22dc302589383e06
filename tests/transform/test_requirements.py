"""Groups meet entropy l and t by the definitions, in plain Python, for methods that split and methods that climb."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymiser.attributes import Role
from anonymiser.hierarchies import FlatSpec
from anonymiser.methods import LocalRecoding, MethodParameters, Mondrian
from anonymiser.microdata import Microdata
from anonymiser.privacy import EntropyDiversity, KAnonymity, TCloseness
from anonymiser.recipe import AttributePlan, Recipe
from anonymiser.transform.encoded import EncodedTable
from anonymiser.transform.randomness import generators_from, step_key
from anonymiser.transform.run import released, transform

ROLES = {"age": Role.QUASI, "town": Role.QUASI, "disease": Role.SENSITIVE}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[str]]:
    rows = draw(st.integers(4, 40))
    values = {"age": [str(20 + 3 * i) for i in range(9)], "town": list("ABCDE"), "disease": ["flu", "cold", "gout"]}
    return {name: draw(st.lists(st.sampled_from(each), min_size=rows, max_size=rows)) for name, each in values.items()}


def shares(values: list[str]) -> dict[str, float]:
    return {value: number / len(values) for value, number in Counter(values).items()}


@pytest.mark.parametrize("method", [Mondrian(), Mondrian(relaxed=True), LocalRecoding()], ids=repr)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables(), length=st.sampled_from([1.0, 1.5, 2.0]), t=st.sampled_from([0.2, 0.4, 1.0]))
def test_every_group_meets_entropy_l_and_t(
    method: MethodParameters, table: dict[str, list[str]], length: float, t: float
) -> None:
    plans = tuple(AttributePlan(name=name, role=role, hierarchy=FlatSpec()) for name, role in ROLES.items())
    wanted = (
        KAnonymity(k=2),
        EntropyDiversity(attribute="disease", l=length),
        TCloseness(attribute="disease", t=t),
    )
    recipe = Recipe(attributes=plans, requirements=wanted, methods=(method,))
    made = transform(
        EncodedTable(Microdata.from_columns(table)), recipe, wanted, generators_from(step_key(b"requirements"))
    )
    everybody = shares(table["disease"])
    possible = math.exp(-sum(p * math.log(p) for p in everybody.values())) >= length - 1e-9
    assert made.assessment.met is possible  # the whole table is one group where nothing else will do
    if not possible:
        return
    leaving = released(made.draft, recipe)
    cells = {c.name: [(*c.labels, "")[code] for code in c.codes] for c in leaving.columns}
    groups = defaultdict(list)
    for age, town, disease in zip(*(cells[name] for name in ROLES), strict=True):
        groups[age, town].append(disease)
    for values in groups.values():
        inside = shares(values)
        assert len(values) >= 2
        assert math.exp(-sum(p * math.log(p) for p in inside.values())) >= length - 1e-9
        assert sum(abs(inside.get(v, 0) - q) for v, q in everybody.items()) / 2 <= t + 1e-9
