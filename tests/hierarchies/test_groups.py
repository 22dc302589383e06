from __future__ import annotations

import pytest

from anonymiser.errors import HierarchyError
from anonymiser.hierarchies import Group, GroupLevel, GroupSpec, MaskSpec, blood_groups, education_groups, mask_for
from anonymiser.microdata import Column, Microdata

INSURER = ["primary", "secondary", "bachelor", "masters", "phD", "other"]
ADULT = [
    "Bachelors",
    "Some-college",
    "11th",
    "HS-grad",
    "Prof-school",
    "Assoc-acdm",
    "9th",
    "7th-8th",
    "12th",
    "Masters",
]
ADULT += ["1st-4th", "10th", "Doctorate", "5th-6th", "Preschool", "Assoc-voc"]


def column(*values: str | None) -> Column:
    return Microdata.from_columns({"x": values}).column("x")


def groups(level: GroupLevel) -> dict[str, tuple[str, ...]]:
    return {group.label: group.members for group in level.groups}


def test_education_of_the_insurer() -> None:
    spec = education_groups(INSURER)
    assert spec.level_names == ("exact", "4 groups", "degree / other", "hidden")
    assert groups(spec.levels[0]) == {
        "other": ("other",),
        "school": ("primary", "secondary"),
        "bachelor": ("bachelor",),
        "postgraduate": ("masters", "phD"),
    }
    assert groups(spec.levels[1]) == {"other": ("other", "school"), "degree": ("bachelor", "postgraduate")}


def test_education_with_more_labels_than_groups() -> None:
    spec = education_groups(ADULT)
    assert spec.level_names == ("exact", "5 groups", "3 groups", "degree / other", "hidden")
    first = groups(spec.levels[0])
    assert first["primary"] == ("1st-4th", "5th-6th", "Preschool")
    assert first["doctorate"] == ("Doctorate",)
    assert "Some-college" in first["secondary"]
    spec.build(column(*ADULT))


@pytest.mark.parametrize(
    ("label", "group"),
    [
        ("BSc", "bachelor"),
        ("B.A. (Hons)", "bachelor"),
        ("Undergraduate degree", "bachelor"),
        ("MSc", "masters"),
        ("Ph.D.", "doctorate"),
        ("A levels", "secondary"),
        ("GCSE", "secondary"),
        ("Postgraduate certificate", "masters"),
        ("Primary school", "primary"),
        ("none", "other"),
        ("No level", "other"),
    ],
)
def test_education_in_other_words(label: str, group: str) -> None:
    spec = education_groups([label, "zzz", "yyy"])
    assert label in groups(spec.levels[0])[{"masters": group, "doctorate": group}.get(group, group)]


def test_blood_groups() -> None:
    spec = blood_groups(["A+", "A-", "AB+", "0-", "O positive", "b neg", "B Rh D +", "unknown"])
    assert spec.level_names == ("exact", "ABO group", "hidden")
    assert groups(spec.levels[0]) == {
        "O": ("0-", "O positive"),
        "A": ("A+", "A-"),
        "B": ("b neg", "B Rh D +"),
        "AB": ("AB+",),
        "other": ("unknown",),
    }


def test_values_that_are_not_listed_are_refused_or_placed() -> None:
    spec = education_groups(INSURER)
    table = column("primary", "HND", None)
    assert spec.unseen(table) == ("HND",)
    with pytest.raises(HierarchyError, match="misses 1 values") as caught:
        spec.build(table)
    assert caught.value.values == ("HND",)
    assert "HND" not in str(caught.value)
    hierarchy = spec.build(table, strict=False)
    assert [labels[hierarchy.maps[i][hierarchy.index["HND"]]] for i, labels in enumerate(hierarchy.labels)] == [
        "HND",
        "not listed",
        "not listed",
        "*",
    ]


def level(name: str, **labels: tuple[str, ...]) -> GroupLevel:
    return GroupLevel(name=name, groups=tuple(Group(label=label, members=members) for label, members in labels.items()))


@pytest.mark.parametrize(
    "levels",
    [
        (level("one", a=("x", "y"), b=("y",)),),
        (level("one", a=("x",), b=("y",)), level("two", c=("a",))),
        (level("one", a=("x",)), level("two", c=("a", "z"))),
        (level("one", a=("x",)), level("one", c=("a",))),
        (GroupLevel(name="one", groups=(Group(label="a", members=("x",)), Group(label="a", members=("y",)))),),
    ],
)
def test_groups_that_overlap_or_leave_out_are_refused(levels: tuple[GroupLevel, ...]) -> None:
    with pytest.raises(HierarchyError) as caught:
        GroupSpec(levels=levels)
    assert "'x'" not in str(caught.value)
    assert "'y'" not in str(caught.value)


def test_groups_stand_in_the_order_of_the_lists() -> None:
    spec = GroupSpec(levels=(level("size", small=("s", "xs"), large=("l", "xl")),))
    assert spec.build(column("xl", "s", "l", "xs")).labels[:2] == (("s", "xs", "l", "xl"), ("small", "large"))


def test_masking_from_either_end() -> None:
    table = column("28001", "28013", "08001", "7")
    right = MaskSpec(steps=(1, 3))
    assert right.level_names == ("exact", "last character hidden", "last 3 characters hidden", "hidden")
    assert right.build(table).labels[1:] == (("0800*", "2800*", "2801*", "*"), ("08***", "28***", "*"), ("*",))
    left = MaskSpec(side="left", steps=(2,), character="#")
    assert left.level_names == ("exact", "first 2 characters hidden", "hidden")
    assert set(left.build(table).labels[1]) == {"##001", "##013", "#"}


def test_a_mask_for_every_length() -> None:
    assert mask_for(column("abc", "ab")).steps == (1, 2)
    assert mask_for(column("a")).steps == (1,)
    assert len(mask_for(column("x" * 100)).steps) == 12
    assert mask_for(column("é€😀")).build(column("é€😀")).labels[1] == ("é€*",)


@pytest.mark.parametrize("fields", [{"steps": (2, 1)}, {"steps": (0,)}, {"steps": (1,), "character": "**"}])
def test_masks_that_make_no_sense_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(HierarchyError):
        MaskSpec.model_validate(fields)
