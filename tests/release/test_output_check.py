"""The output check stops a release, says where, and leaves our own releases alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from anonymiser.errors import PolicyError
from anonymiser.release.facts import ReleaseFacts, ReleaseForm
from anonymiser.release.output_check import check_output
from anonymiser.release.package import make_release
from anonymiser.release.seal import SealWithPassphrase
from anonymiser.transform.released import ReleasedTable

MakeFacts = Callable[..., ReleaseFacts]


def make(table: ReleasedTable, facts: ReleaseFacts, out: Path) -> None:
    make_release(table, facts, SealWithPassphrase("correct horse"), out, raw=())


@pytest.mark.parametrize("form", list(ReleaseForm))
def test_our_own_releases_pass(table: ReleasedTable, facts: MakeFacts, form: ReleaseForm, tmp_path: Path) -> None:
    share = 0.8 if form is ReleaseForm.SAMPLE else 1.0
    said = facts(form=form, sample_fraction=share, sensitive=())
    make(table, said, tmp_path / "out")
    assert list((tmp_path / "out").glob("release_*"))


@pytest.mark.parametrize(
    ("purpose", "found"),
    [
        ("To study the 3 patients with the illness.", "1 count of 0 to 7 people"),
        ("To study AB 12 34 56 C.", "National Insurance numbers"),
        ("Ask the family: 020 7946 0018.", "telephone numbers"),
    ],
)
def test_a_small_count_or_an_identifier_in_the_words_stops_it(
    table: ReleasedTable, facts: MakeFacts, purpose: str, found: str, tmp_path: Path
) -> None:
    with pytest.raises(PolicyError, match=found) as stopped:
        make(table, facts(purpose=purpose), tmp_path / "out")
    assert "DATA_DICTIONARY" in str(stopped.value)
    assert not (tmp_path / "out").exists()


def test_rows_in_the_order_of_the_input_are_found(table: ReleasedTable, facts: MakeFacts) -> None:
    with pytest.raises(PolicyError, match=r"data/records\.csv.*as they did in the input"):
        check_output({}, table, facts())


def test_a_document_that_counts_other_rows_is_found(table: ReleasedTable, facts: MakeFacts) -> None:
    """A count that the released rows do not show was made from raw rows, and has to obey the rule."""
    shuffled = np.random.default_rng(5).permutation(table.rows)
    assert shuffled.size == table.rows
    mixed = ReleasedTable(table.columns, table.dropped, table.source_rows[shuffled], table.suppressed)
    exact = "## gender\n\n| label | records |\n| --- | --- |\n| F | 120 |\n| M | 120 |\n"
    assert not check_output({"D.md": exact.encode()}, mixed, facts()).findings
    with pytest.raises(PolicyError, match="not rounded"):
        check_output({"D.md": exact.replace("| M | 120", "| M | 131").encode()}, mixed, facts())
    with pytest.raises(PolicyError, match="no released row"):
        check_output({"D.md": (exact + "| X | 10 |\n").encode()}, mixed, facts())
