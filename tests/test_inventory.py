from __future__ import annotations

from anonymiser.hierarchies import FlatSpec, IntervalLevel, IntervalSpec
from anonymiser.inventory import alone_sentence, column_facts, every_column, level_facts, most_alone, shape_of
from anonymiser.microdata import Microdata
from anonymiser.project import Project


def table() -> Microdata:
    return Microdata.from_columns(
        {
            "code": [f"K{i:03d}" for i in range(40)],
            "age": [str(20 + i % 20) for i in range(39)] + [None],
            "sex": ["F", "M"] * 20,
        }
    )


def test_a_column_in_figures() -> None:
    facts = column_facts(table().column("age"))
    assert (facts.rows, facts.distinct, facts.missing) == (40, 20, 1)
    assert facts.alone == 1  # 39 stands once: its second record has no value
    assert facts.shape == "99"


def test_a_shape_holds_no_letter_or_digit_of_the_value() -> None:
    for value in ("Zoë Ångström", "٣٤", "7 High St.", "x\u00b2", "漢字"):
        assert not {c for c in shape_of(value) if c.isalnum()} - {"A", "9"}


def test_every_level_in_figures() -> None:
    column = table().column("age")
    spec = IntervalSpec(levels=(IntervalLevel(name="10 years", edges=(30,)),), whole=True)
    levels = level_facts(spec.build(column), column)
    assert [level.name for level in levels] == ["exact", "10 years", "hidden"]
    assert [level.groups for level in levels] == [21, 3, 1]  # missing is a label of its own below the top
    assert [level.smallest for level in levels] == [1, 1, 40]
    assert levels[0].alone == 2


def test_a_level_of_an_empty_column_has_no_smallest_group() -> None:
    column = Microdata.from_columns({"x": []}).column("x")
    assert level_facts(FlatSpec().build(column), column)[0].smallest == 0


def test_facts_are_counted_once_a_table() -> None:
    project = Project(table())
    first = every_column(project.table, project.recipe)
    assert [facts.name for facts in first] == ["code", "age", "sex"]
    assert all(a is b for a, b in zip(first, every_column(project.table, project.recipe), strict=True))


def test_the_most_telling_columns_come_first() -> None:
    facts = [column_facts(table().column(name)) for name in ("sex", "code", "age")]
    assert [column.name for column in most_alone(facts, 2)] == ["code", "age"]
    assert "In 1 of 3 columns" in alone_sentence(facts)
    assert "In no column" in alone_sentence(facts[:1])
