from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymiser.attributes import Concept
from anonymiser.hierarchies import SPECS, FlatSpec, has_rule, suggest_spec
from anonymiser.microdata import Column, Microdata


def column(*values: object) -> Column:
    return Microdata.from_columns({"x": [None if v is None else str(v) for v in values]}).column("x")


WEIGHTS = column(*(i / 10 for i in range(350, 1000)))
COUNTS = column(*range(51))


@pytest.mark.parametrize(
    ("concept", "values", "names"),
    [
        (Concept.GENDER, column("F", "M"), ("exact", "hidden")),
        (
            Concept.BIRTHDATE,
            column("05/07/1984"),
            ("exact date", "month", "year", "5 years", "10 years", "20 years", "hidden"),
        ),
        (
            Concept.BIRTH_COUNTRY,
            column("Fiji"),
            ("country", "UN sub-region", "continent", "4 blocs", "Europe / other", "hidden"),
        ),
        (
            Concept.POSTCODE,
            column("LS5 8FN"),
            ("unit", "sector", "district", "area", "region", "3 parts", "nation", "hidden"),
        ),
        (Concept.WEIGHT, WEIGHTS, ("exact", "1 kg", "5 kg", "10 kg", "hidden")),
        (Concept.HEIGHT, column(*range(140, 200)), ("exact", "5 cm", "10 cm", "hidden")),
        (Concept.HEIGHT, column(*(i / 100 for i in range(140, 200))), ("exact", "0.05 m", "0.1 m", "hidden")),
        (Concept.AGE, column(*range(18, 90)), ("exact", "5 years", "10 years", "20 years", "hidden")),
        (Concept.BMI, WEIGHTS, ("exact", "1 kg/m²", "BMI class", "hidden")),
        (Concept.DRINKS, COUNTS, ("exact", "4 bands", "hidden")),
        (Concept.CIGARETTES, COUNTS, ("exact", "4 bands", "hidden")),
        (Concept.COUNTRIES_VISITED, COUNTS, ("exact", "bands of 5", "bands of 10", "4 bands", "hidden")),
        (Concept.BLOOD_GROUP, column("A+", "A-", "0+"), ("exact", "ABO group", "hidden")),
        (Concept.BLOOD_GROUP, column("1", "2"), ("exact", "hidden")),
        (Concept.EDUCATION, column("phD", "primary", "other"), ("exact", "degree / other", "hidden")),
        (Concept.HEALTH_STATUS, column(0, 1), ("exact", "hidden")),
        (Concept.CATEGORY, column(*"aaaaaabbbbbbcd"), ("exact", "rare values merged", "hidden")),
        (Concept.CATEGORY, column(*"abcd"), ("exact", "hidden")),
        (Concept.NUMBER, column(*range(1000)), ("exact", "bands of 50", "bands of 100", "bands of 500", "hidden")),
        (Concept.NUMBER, column(*[0] * 9, 1), ("exact", "hidden")),
        (Concept.AGE, column("30-39", "40-49"), ("exact", "hidden")),
        (Concept.SURNAME, column("Smith"), ("exact", "hidden")),
        (Concept.TEXT, column("some words"), ("exact", "hidden")),
    ],
)
def test_levels_on_offer(concept: Concept, values: Column, names: tuple[str, ...]) -> None:
    assert suggest_spec(values, concept, "%d/%m/%Y").level_names == names


def test_dates_without_a_format_are_not_guessed() -> None:
    assert suggest_spec(column("05/07/1984"), Concept.BIRTHDATE, None).level_names == ("exact", "hidden")


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=6),
    st.integers(-(10**6), 10**6).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
)


@pytest.mark.parametrize("concept", Concept)
@given(values=st.lists(CELLS, max_size=30), k=st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_every_suggestion_places_every_value(concept: Concept, values: list[str | None], k: int) -> None:
    table = column(*values)
    spec = suggest_spec(table, concept, "%d/%m/%Y", k)
    hierarchy = spec.build(table)
    assert set(table.values) <= set(hierarchy.leaves)
    assert SPECS.validate_json(SPECS.dump_json(spec)) == spec


@pytest.mark.parametrize("concept", [concept for concept in Concept if not has_rule(concept)])
def test_what_has_no_rule_is_exact_or_hidden_whatever_it_holds(concept: Concept) -> None:
    for values in (["1", "2", "30"], ["SW1A 1AA", "France"], ["05/07/1984", "17/06/1997"]):
        assert suggest_spec(column(*values), concept, "%d/%m/%Y") == FlatSpec()
