from __future__ import annotations

import pytest

from anonymiser.errors import ColumnError
from anonymiser.hierarchies import Derived, bmi_levels, derive_bmi, preview
from anonymiser.microdata import Microdata


def test_worked_examples() -> None:
    people = Microdata.from_columns({"w": ["74.2", "60", "100"], "h": ["1.73", "172", "2.0"]})
    assert derive_bmi(people, "w", "h").values == ("24.7", "20.2", "25.0")


@pytest.mark.parametrize(
    ("weight", "height"),
    [
        (None, "1.7"),
        ("70", None),
        ("heavy", "1.7"),
        ("700", "1.7"),
        ("1", "1.7"),
        ("70", "0.3"),
        ("70", "3"),
        ("70", "300"),
    ],
)
def test_missing_or_absurd(weight: str | None, height: str | None) -> None:
    column = derive_bmi(Microdata.from_columns({"w": [weight], "h": [height]}), "w", "h")
    assert column.values == ()
    assert column.n_missing == 1


def test_cutting_off_decimals_changes_no_class() -> None:
    heights = ["1"] * 6
    people = Microdata.from_columns({"w": ["18.49", "18.5", "24.99", "25", "29.99", "30"], "h": heights})
    column = derive_bmi(people, "w", "h")
    spec = bmi_levels(column, 1)
    assert spec.level_names == ("exact", "1 kg/m²", "BMI class", "hidden")
    assert preview(spec.build(column), column, 2) == [
        ("underweight (under 18.5)", 1),
        ("normal (18.5 to <25)", 2),
        ("overweight (25 to <30)", 2),
        ("obese (30 or more)", 1),
    ]


def test_values_stand_in_order_of_first_appearance() -> None:
    people = Microdata.from_columns({"w": ["90", None, "60", "90"], "h": ["2", "2", "2", "2"]})
    column = derive_bmi(people, "w", "h")
    assert column.values == ("22.5", "15.0")
    assert column.codes.tolist() == [0, 2, 1, 0]


def test_the_record_that_a_recipe_stores() -> None:
    derived = Derived(name="bmi", inputs=("w", "h"))
    assert Derived.model_validate_json(derived.model_dump_json()) == derived
    assert hash(derived) == hash(Derived(name="bmi", kind="bmi", inputs=("w", "h")))
    people = Microdata.from_columns({"w": ["60"], "h": ["1.72"]})
    assert derived.compute(people).name == "bmi"
    with pytest.raises(ColumnError):
        Derived(name="bmi", inputs=("w",))
    with pytest.raises(ColumnError, match="no column 'w'"):
        derived.compute(Microdata.from_columns({"h": ["1.72"]}))


def test_levels_of_nobody() -> None:
    column = derive_bmi(Microdata.from_columns({"w": [None], "h": [None]}), "w", "h")
    assert bmi_levels(column).build(column).labels[2] == ("missing",)
