import errno
import os
import stat
from pathlib import Path

import pytest

from anonymiser.errors import OutputError
from anonymiser.release.files import plain_words, staging, write_whole


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_file_appears_whole_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    write_whole(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a"]


def test_what_was_staged_appears_at_once_and_is_private_before(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with staging(out, "testing") as stage:
        (stage / "a").write_text("x")
        assert not out.exists()
        assert stat.S_IMODE(stage.stat().st_mode) == 0o700
    assert names_in(out) == ["a"]
    assert names_in(out.parent) == ["out"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "x"), KeyboardInterrupt(), ValueError()])
def test_nothing_stays_of_a_failure_not_even_an_empty_parent(tmp_path: Path, error: BaseException) -> None:
    def fail() -> None:
        with staging(tmp_path / "deep" / "out", "testing") as stage:
            (stage / "a").write_text("x")
            raise error

    with pytest.raises(OutputError if isinstance(error, OSError) else type(error)):
        fail()
    assert names_in(tmp_path) == []


def test_an_empty_folder_may_be_filled_and_a_used_one_may_not(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with staging(out, "testing") as stage:
        (stage / "a").write_text("x")
    with pytest.raises(OutputError, match="not empty"), staging(out, "testing"):
        pytest.fail("must not begin")
    assert names_in(tmp_path) == ["out"]
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(OutputError, match="not a folder"), staging(tmp_path / name, "testing"):
            pytest.fail("must not begin")


def test_a_folder_that_was_filled_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def race() -> None:
        with staging(out, "testing") as stage:
            (stage / "a").write_text("mine")
            out.mkdir()
            (out / "a").write_text("theirs")

    with pytest.raises(OutputError):
        race()
    assert (out / "a").read_text() == "theirs"
    assert names_in(tmp_path) == ["out"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO, None])
def test_words_say_what_to_do_and_name_no_path(number: int | None) -> None:
    error = OSError(number, "why", "/home/someone/secret") if number else OSError("odd")
    message = str(plain_words(error, "writing the release"))
    assert "someone" not in message
    assert message.endswith(".")
    assert ("full" in message) is (number == errno.ENOSPC)
