"""``release`` and ``open``: sealed to a key, under a passphrase, open; and every way in which they refuse."""

from __future__ import annotations

import csv
import io
import json
import resource
import shutil
import subprocess
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pyrage
import pytest

from anonymiser import autosave
from anonymiser.audit import TRAIL_FILE, folder_of, read_entries
from anonymiser.cli.app import main
from anonymiser.recipe import Recipe
from tests.command_line import ROOT, Command, process, refused

CUSTOMERS = ROOT / "sample_data" / "customers.csv"
PASSPHRASE = "correct-horse-battery"
FIRST = ("--first-release", "A. Owner")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(capsys)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recipes for both recipients, keys, and a release of each kind."""
    folder = tmp_path_factory.mktemp("made")
    identity = pyrage.x25519.Identity.generate()
    (folder / "key.txt").write_text(f"# a recipient\n{identity}\n")
    (folder / "key.pub").write_text(str(identity.to_public()))
    (folder / "other.txt").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    (folder / "words.txt").write_text(f"{PASSPHRASE}\n")
    (folder / "wrong.txt").write_text("wrong-horse\n")
    (folder / "empty.txt").write_text("\n")
    for recipient in ("researchers", "government"):
        _done("plan", CUSTOMERS, "--recipient", recipient, "--out", folder / f"{recipient}.json")
    _release(folder, "researchers", "to_key", "--to", (folder / "key.pub").read_text())
    _release(folder, "researchers", "to_words", "--passphrase-file", folder / "words.txt")
    _release(folder, "government", "for_all", "--open", *FIRST)
    return folder


def _release(folder: Path, recipient: str, out: str, *seal: object) -> None:
    _done("release", CUSTOMERS, *_for(folder, recipient), *seal, "--out", folder / out)


def _for(folder: Path, recipient: str) -> tuple[object, ...]:
    own = (folder / "key.pub").read_text()
    return ("--recipe", folder / f"{recipient}.json", "--recipient", recipient, "--owner-to", own)


def _done(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) == 0


def leaving(folder: Path) -> Path:
    (found,) = folder.glob("release_*")
    return found


def rows_of(folder: Path) -> list[dict[str, str]]:
    (table,) = (folder / "data").glob("*.csv")
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kept(run: Command, made: Path, kind: str) -> int:
    """Records that the command assess says would leave."""
    recipe = made / ("government.json" if kind == "for_all" else "researchers.json")
    measured = run("assess", CUSTOMERS, "--recipe", recipe, "--json").json
    return measured["rows"] - measured["suppressed"]


KINDS = {
    "to_key": ("--identity", "key.txt"),
    "to_words": ("--passphrase-file", "words.txt"),
    "for_all": (),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_released_can_be_opened(run: Command, made: Path, tmp_path: Path, kind: str) -> None:
    option, *file = KINDS[kind] or ("",)
    key = [option, made / file[0]] if file else []
    for folder in (made / kind, leaving(made / kind)):
        out = tmp_path / folder.name
        opened = run("open", folder, *key, "--out", out)
        assert (opened.code, opened.err) == (0, "")
        assert "is whole" in opened.out
        assert "datapackage.json" in opened.out
        rows = rows_of(out)
        assert len(rows) == kept(run, made, kind)
        assert {"gender", "birthdate", "country_of_birth"} <= set(rows[0])
        assert not {"surname", "postcode", "phone_number", "national_insurance_number"} & set(rows[0])


@pytest.mark.skipif(shutil.which("age") is None, reason="needs the age program: apt-get install age")
def test_the_age_program_opens_it_too(made: Path) -> None:
    payload = leaving(made / "to_key") / "payload.tar.age"
    done = subprocess.run(["age", "-d", "-i", made / "key.txt", payload], capture_output=True, check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        assert any(name.endswith("datapackage.json") for name in archive.getnames())


def test_the_release_says_what_to_do_next(run: Command, made: Path, tmp_path: Path) -> None:
    told = (
        "--owner",
        "iInsureU123",
        "--contact",
        "data@insurer.example",
        "--title",
        "Lifestyle",
        "--purpose",
        "A study",
    )
    seal = ("--passphrase-file", made / "words.txt", "--release-id", "r2025-1")
    line = ("--recipe", made / "researchers.json", "--recipient", "researchers")
    done = run("release", CUSTOMERS, *line, *seal, *told, "--out", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    assert PASSPHRASE not in done.out
    for words in (
        "release_r2025-1",
        "fingerprint",
        "supporting_material_r2025-1",
        "never leaves",
        "stand nowhere else",
    ):
        assert words in done.out
    readme = (tmp_path / "out" / "release_r2025-1" / "README_FIRST.md").read_text(encoding="utf-8")
    assert "data@insurer.example" in readme


def test_values_that_are_new_to_the_recipe_are_said(run: Command, made: Path, tmp_path: Path) -> None:
    later = tmp_path / "next_month.csv"
    later.write_text(CUSTOMERS.read_text("utf-8").replace(",primary,", ",boot camp,", 9), encoding="utf-8")
    line = (
        "--recipe",
        made / "researchers.json",
        "--recipient",
        "researchers",
        "--passphrase-file",
        made / "words.txt",
    )
    done = run("release", later, *line, "--out", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    assert "education_level: 1 value is new to the recipe" in done.out


def test_a_second_person_is_recorded(run: Command, made: Path, tmp_path: Path) -> None:
    line = ("release", CUSTOMERS, *_for(made, "government"), "--open", *FIRST, "--out", tmp_path / "o")
    refused(run(*line, "--approved-by", " "), "needs --open and a name")
    sealed = ("release", CUSTOMERS, *_for(made, "researchers"), "--to", (made / "key.pub").read_text())
    refused(run(*sealed, "--approved-by", "B. Second", "--out", tmp_path / "o"), "needs --open")
    said = run(*line, "--approved-by", "B. Second")
    assert (said.code, "Nobody else" in said.out) == (0, False)
    exported = read_entries((folder_of(autosave.home()) / TRAIL_FILE).read_bytes())[-1]
    assert exported.fields["second_person"] == "B. Second"
    assert exported.fields["second_authenticated"] is False


def test_a_fingerprint_is_compared(run: Command, made: Path, tmp_path: Path) -> None:
    key = ("--identity", made / "key.txt")
    said = run("open", made / "to_key", *key, "--out", tmp_path / "a").out
    fingerprint = said.split("Signed by ")[1].split(".")[0]
    assert run("open", made / "to_key", *key, "--fingerprint", fingerprint, "--out", tmp_path / "b").code == 0
    refused(run("open", made / "to_key", *key, "--fingerprint", "00" * 32, "--out", tmp_path / "c"), "fingerprint")
    assert not (tmp_path / "c").exists()


# --- what is refused, and leaves nothing behind ---


@pytest.mark.parametrize(
    ("seal", "words", "code"),
    [
        ((), "--to", 2),
        (("--open", "--to", "age1x"), "one way", 2),
        (("--to", "age1x"), "public key", 2),
        (("--to", ""), "public key", 2),
        (("--to", "AGE-SECRET-KEY-1QQQ"), "private key", 2),
        (("--passphrase-file", "empty.txt"), "empty", 2),
        (("--passphrase-file", "absent.txt"), "absent.txt", 2),
        (("--open",), "sealed", 1),
    ],
)
def test_seals_that_cannot_be(
    run: Command, made: Path, tmp_path: Path, seal: tuple[str, ...], words: str, code: int
) -> None:
    given = [made / word if word.endswith(".txt") else word for word in seal]
    done = run("release", CUSTOMERS, *_for(made, "researchers"), *given, "--out", tmp_path / "out")
    refused(done, words, code=code)
    assert {path.name for path in tmp_path.iterdir()} <= {"home"}, "only the record of who did what"


def test_the_policy_stops_a_release(run: Command, made: Path, tmp_path: Path) -> None:
    recipe = Recipe.from_json((made / "researchers.json").read_text(encoding="utf-8"))
    fine = tmp_path / "fine.json"
    fine.write_text(recipe.with_levels({"birthdate": 0}).to_json(), encoding="utf-8")
    line = ("--recipient", "researchers", "--to", (made / "key.pub").read_text(), "--out", tmp_path / "out")
    refused(run("release", CUSTOMERS, "--recipe", fine, *line), "Smallest group", code=1)
    wrong = ("--recipe", made / "researchers.json", "--recipient", "government", "--open", "--out", tmp_path / "out")
    refused(run("release", CUSTOMERS, *wrong), "requirement of the policy fails", code=1)
    assert not (tmp_path / "out").exists()


def test_an_identifier_that_the_recipe_would_release_is_stopped(run: Command, made: Path, tmp_path: Path) -> None:
    document = json.loads((made / "researchers.json").read_text(encoding="utf-8"))
    for plan in document["attributes"]:
        if plan["name"] == "surname":
            plan |= {"role": "insensitive", "treatment": "release", "level": 0}
    recipe = tmp_path / "recipe.json"
    recipe.write_text(json.dumps(document), encoding="utf-8")
    line = ("--recipient", "researchers", "--to", (made / "key.pub").read_text(), "--out", tmp_path / "out")
    refused(run("release", CUSTOMERS, "--recipe", recipe, *line), "surname", code=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("recipient", ["nobody", "", "r", "Imperial College government"])
def test_a_recipient_that_is_none(run: Command, made: Path, tmp_path: Path, recipient: str) -> None:
    line = ("--recipe", made / "government.json", "--recipient", recipient, "--open", "--out", tmp_path / "out")
    refused(run("release", CUSTOMERS, *line), "recipient")


def test_nothing_is_overwritten(run: Command, made: Path) -> None:
    before = sorted(path.name for path in (made / "for_all").rglob("*"))
    refused(
        run("release", CUSTOMERS, *_for(made, "government"), "--open", *FIRST, "--out", made / "for_all"), "not empty"
    )
    refused(run("open", made / "to_key", "--identity", made / "key.txt", "--out", made / "for_all"), "not empty")
    refused(run("open", made / "for_all", "--out", made / "key.txt"), "key.txt")
    assert sorted(path.name for path in (made / "for_all").rglob("*")) == before


@pytest.mark.parametrize(
    ("kind", "key", "words"),
    [
        ("to_key", (), "key"),
        ("to_key", ("--identity", "other.txt"), "does not open"),
        ("to_key", ("--identity", "absent.txt"), "absent.txt"),
        ("to_key", ("--identity", "words.txt"), "no age private key"),
        ("to_key", ("--passphrase-file", "words.txt"), "sealed to a key"),
        ("to_words", (), "passphrase"),
        ("to_words", ("--passphrase-file", "wrong.txt"), "wrong"),
        ("to_words", ("--passphrase-file", "empty.txt"), "empty"),
        ("to_words", ("--passphrase-file", "absent.txt"), "absent.txt"),
        ("to_words", ("--identity", "key.txt"), "does not open"),
    ],
)
def test_keys_that_do_not_open(
    run: Command, made: Path, tmp_path: Path, kind: str, key: tuple[str, ...], words: str
) -> None:
    given = [made / word if word.endswith(".txt") else word for word in key]
    refused(run("open", made / kind, *given, "--out", tmp_path / "out"), words)
    assert list(tmp_path.iterdir()) == []


def _truncated(release: Path, _made: Path) -> None:
    payload = release / "payload.tar.age"
    payload.write_bytes(payload.read_bytes()[:-1])


def _altered(release: Path, _made: Path) -> None:
    payload = release / "payload.tar.age"
    content = bytearray(payload.read_bytes())
    content[len(content) // 2] ^= 1
    payload.write_bytes(content)


def _swapped(release: Path, made: Path) -> None:
    shutil.copy(leaving(made / "to_words") / "payload.tar.age", release)


def _signed_by_nobody(release: Path, _made: Path) -> None:
    (release / "manifest.sig").write_bytes(bytes(64))


def _manifest_altered(release: Path, _made: Path) -> None:
    manifest = release / "manifest.json"
    manifest.write_text(manifest.read_text().replace("payload", "Payload"))


def _file_added(release: Path, _made: Path) -> None:
    (release / "more.csv").write_text("a\n")


def _file_lost(release: Path, _made: Path) -> None:
    (release / "README_FIRST.md").unlink()


def _no_manifest(release: Path, _made: Path) -> None:
    (release / "manifest.json").unlink()


@pytest.mark.parametrize(
    "damage",
    [_truncated, _altered, _swapped, _signed_by_nobody, _manifest_altered, _file_added, _file_lost, _no_manifest],
)
def test_a_package_that_is_not_what_was_signed(run: Command, made: Path, tmp_path: Path, damage: object) -> None:
    release = tmp_path / leaving(made / "to_key").name
    shutil.copytree(leaving(made / "to_key"), release)
    assert callable(damage)
    damage(release, made)
    refused(run("open", release, "--identity", made / "key.txt", "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_what_is_no_package(run: Command, made: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent", CUSTOMERS, made):
        refused(run("open", folder, "--identity", made / "key.txt", "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


with CUSTOMERS.open(encoding="utf-8", newline="") as _file:
    _AS_TEXT = pacsv.ConvertOptions(column_types=dict.fromkeys(next(csv.reader(_file)), pa.string()))


def _small_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_full_disk_leaves_nothing_half_written(made: Path, tmp_path: Path) -> None:
    """A Parquet file, since finding the layout of a text table needs a little room itself."""
    out, table = tmp_path / "out", made / "customers.parquet"
    pq.write_table(pacsv.read_csv(CUSTOMERS, convert_options=_AS_TEXT), table)
    line = ("release", table, *_for(made, "government"), "--open", *FIRST, "--out", out)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
    refused(process(*line, preexec_fn=_small_disk, env=environment), "disk is full")
    opened = process("open", made / "for_all", "--out", out, preexec_fn=_small_disk, env=environment)
    refused(opened, "disk is full")
    assert list(tmp_path.iterdir()) == []
