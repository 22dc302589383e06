"""A fingerprint as words, told over the telephone and compared by `open`; releases that are older than another."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymiser.errors import InputError, TamperedError
from anonymiser.release import manifest
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.fingerprints import WORDS, in_words, is_same
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.manifest import read_manifest
from anonymiser.release.opening import open_release
from anonymiser.release.package import make_release
from anonymiser.release.passphrases import word_list
from anonymiser.release.seal import NotSealed
from anonymiser.transform.released import ReleasedTable

PRINTS = st.binary(min_size=32, max_size=32).map(lambda digest: digest.hex())
KEYS = OwnerKeys.fresh()


@given(PRINTS)
def test_the_words_are_the_number_and_a_hundred_bits_of_it(fingerprint: str) -> None:
    places = [word_list().index(word) for word in in_words(fingerprint).split()]
    assert len(places) == WORDS
    assert sum(place * 7776**i for i, place in enumerate(places)) == int(fingerprint, 16) % 7776**WORDS
    assert 7776**WORDS > 2**100


@given(PRINTS, PRINTS)
def test_only_the_same_key_is_the_same(one: str, other: str) -> None:
    words = in_words(one)
    for told in (words, words.upper(), words.replace(" ", ", "), words.replace(" ", "-"), f"\n{words} ", one.upper()):
        assert is_same(told, one)
        assert is_same(told, other) == (one == other)
    swapped = words.split()
    swapped[0], swapped[-1] = swapped[-1], swapped[0]
    assert is_same(" ".join(swapped), one) == (swapped == words.split())


@pytest.mark.parametrize("told", ["", " ", "abacus", "abacus " * 7, "0f" * 31, "0f" * 33, "x" * 64])
def test_a_part_of_a_fingerprint_is_refused(told: str) -> None:
    with pytest.raises(InputError, match="no whole fingerprint"):
        is_same(told, "0f" * 32)


@pytest.fixture
def releases(
    table: ReleasedTable, facts: Callable[..., ReleaseFacts], tmp_path: Path
) -> Callable[[str, OwnerKeys], Path]:
    small = ReleasedTable(table.columns[:2], table.dropped, table.source_rows, table.suppressed)

    def make(name: str, keys: OwnerKeys = KEYS) -> Path:
        known = facts(release_id=name, open_release=True, sensitive=(), qi_names=tuple(c.name for c in small.columns))
        return make_release(small, known, NotSealed(), tmp_path / name, raw=(), keys=keys).release

    return make


def test_words_open_and_other_words_do_not(releases: Callable[..., Path], tmp_path: Path) -> None:
    release = releases("r1")
    words = in_words(KEYS.fingerprint)
    assert words in (release / "README_FIRST.md").read_text()
    assert words in (release / "README_FIRST.html").read_text()
    assert open_release(release, tmp_path / "a", fingerprint=words).made.date() >= date(2025, 11, 22)
    with pytest.raises(TamperedError, match="another key"):
        open_release(release, tmp_path / "b", fingerprint=in_words("00" * 32))
    with pytest.raises(InputError, match="a part proves nothing"):
        open_release(release, tmp_path / "b", fingerprint=" ".join(words.split()[:4]))
    assert not (tmp_path / "b").exists()


def test_an_older_release_is_told(releases: Callable[..., Path], tmp_path: Path) -> None:
    first, second, stranger = releases("r1"), releases("r2"), releases("r3", OwnerKeys.fresh())
    assert read_manifest(first).made < read_manifest(second).made
    assert open_release(second, tmp_path / "a", after=first).release_id == "r2"
    for wrong in (second, first):
        with pytest.raises(TamperedError, match=r"r1.*is not newer than the one you have"):
            open_release(first, tmp_path / "b", after=wrong)
    with pytest.raises(TamperedError, match="different keys"):
        open_release(stranger, tmp_path / "b", after=first)
    today = read_manifest(second).made.date()
    assert open_release(second, tmp_path / "c", after=today).release_id == "r2"
    with pytest.raises(TamperedError, match=f"made on {today.isoformat()}, before"):
        open_release(second, tmp_path / "b", after=today + timedelta(days=1))
    assert not (tmp_path / "b").exists()


def test_the_date_is_signed(releases: Callable[..., Path], tmp_path: Path) -> None:
    release = releases("r1")
    content = json.loads((release / manifest.MANIFEST).read_text())
    content["made"] = "2999-01-01T00:00:00+00:00"
    (release / manifest.MANIFEST).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    with pytest.raises(TamperedError, match="signature"):
        open_release(release, tmp_path / "a")


@pytest.mark.parametrize("made", ["yesterday", 7, "2026-11-22T10:00"])
def test_a_signed_date_that_is_none_is_refused(releases: Callable[..., Path], tmp_path: Path, made: object) -> None:
    release = releases("r1")
    text = json.dumps({**json.loads((release / manifest.MANIFEST).read_text()), "made": made}).encode()
    (release / manifest.MANIFEST).write_bytes(text)
    (release / manifest.SIGNATURE).write_bytes(KEYS.signing.sign(text))
    with pytest.raises(TamperedError, match="understands"):
        open_release(release, tmp_path / "a")
