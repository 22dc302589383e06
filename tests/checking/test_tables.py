"""Tables of counts, totals and means: what is found, where, and what is left alone."""

from __future__ import annotations

import io

import openpyxl
import pytest

from anonymiser.checking import Grid, NumberRules, Question, Review, Rule, review
from anonymiser.checking.magnitudes import is_dominated, is_within_p
from anonymiser.errors import InputError


def check(text: str, **asked: object) -> Review:
    return review({"t.csv": text.encode()}, Question(**asked))  # type: ignore[arg-type]


def rules_of(found: Review) -> set[Rule]:
    return {finding.rule for finding in found.findings}


SAFE = "region,people\nNorth,20\nSouth,35\nTotal,55\n"


def test_a_rounded_table_passes() -> None:
    found = check(SAFE)
    assert not found.findings
    assert found.looked_at[-1].taken_as == "a table of counts"
    assert "nothing that must not leave" in found.words


def test_hidden_cells_pass() -> None:
    assert not check("region,people\nNorth,20\nSouth,[c]\nEast,<8\nWest,\nTotal,20\n").findings


@pytest.mark.parametrize("count", ["0", "1", "7"])
def test_a_small_count_is_found_with_its_place_and_without_its_value(count: str) -> None:
    (finding,) = check(f"region,people\nNorth,20\nSouth,{count}\n").findings
    assert finding.rule is Rule.SMALL_COUNT
    assert (finding.file, finding.place) == ("t.csv", "column 2, row 2")
    assert "South" not in finding.words


def test_what_anyone_may_read_hides_ten() -> None:
    assert not check("region,people\nNorth,20\nSouth,10\n").findings
    assert rules_of(check("region,people\nNorth,20\nSouth,10\n", rules=NumberRules(10))) == {Rule.SMALL_COUNT}


def test_counts_are_rounded() -> None:
    assert rules_of(check("region,people\nNorth,20\nSouth,23\n")) == {Rule.NOT_ROUNDED}
    assert not check("region,people\nNorth,20\nSouth,23\n", rules=NumberRules(round_to=1)).findings


def test_a_total_of_the_true_counts_gives_the_hidden_one_away() -> None:
    found = check("region,people\nNorth,20\nSouth,\nTotal,25\n")
    assert rules_of(found) == {Rule.TOTAL}
    assert "what was hidden" in found.findings[0].sentence


def test_a_cross_table_is_known_by_its_shape() -> None:
    text = "region,Female,Male,Total\nNorth,20,25,45\nSouth,10,15,25\nTotal,30,40,70\n"
    assert not check(text).findings
    assert rules_of(check(text.replace("30,40,70", "30,40,75"))) == {Rule.TOTAL}
    assert rules_of(check(text.replace("South,10", "South,3"))) >= {Rule.SMALL_COUNT}


def test_everybody_in_one_cell() -> None:
    found = check("region,smokes,people\nNorth,yes,20\nNorth,no,0\nSouth,yes,15\nSouth,no,30\n")
    assert Rule.ALL_OR_NONE in rules_of(found)
    assert Rule.ALL_OR_NONE not in rules_of(check("region,smokes,people\nN,yes,20\nN,no,10\nS,yes,15\nS,no,30\n"))


def test_shares_of_none_and_all() -> None:
    assert rules_of(check("region,people,per cent who smoke\nNorth,20,100\nSouth,35,40\n")) == {Rule.ALL_OR_NONE}
    assert not check("region,people,per cent who smoke\nNorth,20,95\nSouth,35,40\n").findings
    assert not check("region,people,share missing\nNorth,20,0.0 %\nSouth,35,100 %\n").findings


def test_a_smallest_or_largest_value_is_one_persons() -> None:
    assert rules_of(check("region,people,max_age\nNorth,20,94\nSouth,35,81\n")) == {Rule.EXTREME}
    assert rules_of(check("statistic,value\nmean,45.2\nmax,94\n")) == {Rule.EXTREME}


def test_the_smallest_group_is_nobodys_value() -> None:
    text = b"| recipient | how | smallest group |\n|---|---|---|\n| researchers | sealed | 5 |\n"
    assert not review({"t.md": text}).findings
    assert rules_of(check("region,oldest,p0\nNorth,20,15\nSouth,25,20\n")) == {Rule.EXTREME}


def test_two_tables_that_differ_by_a_few_people() -> None:
    """All adults, and adults under 80: whoever subtracts them sees the few who are older."""
    every = b"region,people\nNorth,120\nSouth,235\n"
    younger = b"region,people\nNorth,117\nSouth,230\n"
    found = review({"adults.csv": every, "under80.csv": younger}, Question(rules=NumberRules(round_to=1)))
    assert rules_of(found) == {Rule.DIFFERENCE}
    assert "under80.csv" in found.findings[0].sentence
    assert not review({"a.csv": every, "b.csv": b"region,people\nNorth,115\nSouth,230\n"}).findings


def test_grand_totals_of_different_tables_are_compared() -> None:
    one = b"region,people\nNorth,120\nSouth,235\nTotal,355\n"
    two = b"region,sex,people\nN,F,100\nN,M,100\nS,F,80\nS,M,71\nTotal,Total,351\n"
    assert Rule.DIFFERENCE in rules_of(review({"a.csv": one, "b.csv": two}, Question(rules=NumberRules(round_to=1))))


# --- magnitudes: the examples of the Handbook on Statistical Disclosure Control, chapter 4.2 ---


def test_handbook_example_1() -> None:
    """X = 100,000 with 50,000 and 49,000: safe by (1, 90), and yet estimated to within 2 %."""
    total, largest = 100_000, [50_000, 49_000]
    assert not is_dominated(total, largest, 1, 90)
    assert is_within_p(total, largest, 10)
    assert is_within_p(total, largest, 2.1)
    assert not is_within_p(total, largest, 2)


def test_handbook_example_2() -> None:
    """X = 110,000 with 52,000 and 50,000: safe at p = 10 (15.4 %), not by (2, 90.9)."""
    total, largest = 110_000, [52_000, 50_000]
    assert not is_within_p(total, largest, 10)
    assert not is_within_p(total, largest, 15.3)
    assert is_within_p(total, largest, 15.4)
    assert is_dominated(total, largest, 2, 100 * 100 / 110)


def test_handbook_example_1d() -> None:
    """One company with 99 % of the turnover, and 50 small ones."""
    shares = [99.0, *[0.02] * 50]
    assert is_dominated(100, shares, 1, 90)
    assert is_within_p(100, shares, 10)


ROWS = "region,spent\n" + "North,50000\nNorth,49000\n" + "North,100\n" * 10 + "South,1000\n" * 12


def test_totals_beside_what_was_added_up() -> None:
    table = "region,spent\nNorth,100000\nSouth,12000\n"
    source = Grid.of("rows.csv", "", ["region", "spent"], [line.split(",") for line in ROWS.split()[1:]])
    found = check(table, totals=("spent",), contributions=source)
    assert [(f.rule, f.place) for f in found.findings] == [(Rule.DOMINANCE, "column 2, row 1")] * 2
    only = check(table, totals=("spent",), contributions=source, rules=NumberRules(dominance=((1, 90),), p=1))
    assert not only.findings


def test_a_mean_of_few_people_is_found() -> None:
    source = Grid.of("rows.csv", "", ["region", "age"], [["North", "40"]] * 7 + [["South", "40"]] * 30)
    found = check("region,age\nNorth,40\nSouth,40\nTotal,40\n", totals=("age",), contributions=source)
    assert [f.place for f in found.findings if f.rule is Rule.SMALL_COUNT] == ["column 2, row 1"]


def test_largest_contributions_in_the_table_itself() -> None:
    text = "region,spent,first,second\nNorth,100000,50000,49000\nSouth,110000,30000,20000\n"
    found = check(text, totals=("spent",), largest=("first", "second"))
    assert [f.place for f in found.findings] == ["column 2, row 1", "column 2, row 1", "columns 3, 4"]


def test_means_without_contributions_are_said_to_be_not_judged() -> None:
    found = check("region,mean_age\nNorth,41.5\nSouth,40.2\n")
    assert found.looked_at[-1].taken_as == "a table of totals or means"
    assert any("dominates" in sentence for sentence in found.not_judged)


def test_a_rule_needs_enough_contributions() -> None:
    with pytest.raises(InputError, match="the 3 largest"):
        check("r,t,a,b\nx,9,1,2\n", totals=("t",), largest=("a", "b"), rules=NumberRules(dominance=((3, 95),)))


@pytest.mark.parametrize("wrong", [{"dominance": ((4, 90),)}, {"dominance": ((2, 100),)}, {"p": 100}, {"round_to": 0}])
def test_rules_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        NumberRules(**wrong)  # type: ignore[arg-type]


def test_a_text_of_everybody_s_own_is_a_fingerprint_even_where_the_groups_were_counted() -> None:
    lines = [f"{'FM'[i % 2]},{30 + i * 1.5},fell on {i} stairs" for i in (7, 3, 1, 9, 5, 2, 8, 4, 6, 0) * 3]
    text = "sex,weight,remark\n" + "\n".join(f"{line} {i}" for i, line in enumerate(lines))
    found = check(text, qis=("sex",), counted=True)
    assert [(one.rule, one.place) for one in found.findings] == [(Rule.IDENTIFIER, "column 3")]


@pytest.mark.parametrize(
    "text",
    [
        "age,F,M\n20-29,3,40\n30-39,25,35\n",  # bands as labels
        "region,count (%)\nNorth,3 (12.5%)\nSouth,20 (87.5%)\n",
        "region;people\nNorth;1 205\nSouth;7\n",
        "region,people\nNorth,3\nSouth,NA\nEast,n/a\n",
        "Table 1: People by region\n\nregion,people\nNorth,3\nSouth,25\nSource: survey\n",
        "region,people\nNorth,3,\nSouth\n",
    ],
    ids=["bands", "share behind", "thin thousands", "not available", "title and source", "ragged"],
)
def test_counts_are_known_however_they_are_written(text: str) -> None:
    found = check(text)
    assert rules_of(found) == {Rule.SMALL_COUNT}
    assert found.looked_at[-1].taken_as == "a table of counts"


def test_counts_are_known_in_other_encodings_and_endings() -> None:
    text = "region,people\nNorth,3\nSouth,25\n"
    for files in (
        {"t.csv": text.encode("utf-16")},
        {"t.txt": text.encode()},
        {"t.txt": text.replace(",", "|").encode()},
    ):
        assert rules_of(review(files)) == {Rule.SMALL_COUNT}
    assert not review({"t.txt": b"Dear all,\nthree people, and four, came.\n"}).findings


def test_a_title_over_a_sheet_is_no_column() -> None:
    book = openpyxl.Workbook()
    for row in (["People by region"], [], ["region", "people", "of them women"], ["North", 3, 20], ["South", 25, 20]):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    content = io.BytesIO()
    book.save(content)
    places = {(one.rule, one.place) for one in review({"t.xlsx": content.getvalue()}).findings}
    assert (Rule.SMALL_COUNT, "column 2, row 1") in places


@pytest.mark.parametrize(
    "text",
    ["region,% smokers,n\nN,100,20\nS,45,40\n", "region,smokers\nN,20 (100%)\nS,40 (45%)\n",
     "region,percent\nN,0%\nS,40%\n"],
)  # fmt: skip
def test_shares_are_known_however_they_are_written(text: str) -> None:
    assert rules_of(check(text)) == {Rule.ALL_OR_NONE}


def test_estimates_of_a_model_are_told_from_people() -> None:
    found = check("term,estimate,std_error,p_value\nage,0.05,0.01,0.2\nsex,-1.2,0.3,0.001\n")
    assert not found.findings
    assert "10 degrees of freedom" in found.not_judged[0]


def test_what_eleven_people_round_to_may_stand_in_our_own_tables() -> None:
    """Hidden up to 10, then rounded to 5: 11 and 12 read 10; of somebody else's table nobody knows."""
    text = "band,people\nyoung,10\nmiddle,45\nold,25\n"
    ours = NumberRules(hide_up_to=10, ours=True)
    assert not check(text, rules=ours).findings
    assert rules_of(check(text.replace(",10", ",5"), rules=ours)) == {Rule.SMALL_COUNT}
    assert rules_of(check(text, rules=NumberRules(hide_up_to=10))) == {Rule.SMALL_COUNT}
