import dataclasses
import hashlib
import io
import json
import os
import pty
import re
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyrage
import pytest
from frictionless import validate

from anonymiser.attributes import Concept, Role
from anonymiser.errors import AnonymiserError, ColumnError, InputError, OutputError, PolicyError, SealError
from anonymiser.microdata import Column, Microdata
from anonymiser.release.facts import DiversityRequirement, ReleaseFacts, ReleaseForm
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.leaks import RawColumn, RawKind
from anonymiser.release.opening import OpeningKey, open_release
from anonymiser.release.package import ReleaseResult, make_release
from anonymiser.release.pseudonyms import PseudonymRequest
from anonymiser.release.seal import NotSealed, Sealing, SealToKey, SealWithPassphrase
from anonymiser.transform.released import DroppedColumn, ReleasedColumn, ReleasedTable

MakeFacts = Callable[..., ReleaseFacts]
Make = Callable[..., ReleaseResult]
IDENTITY = pyrage.x25519.Identity.generate()
TO_ME = SealToKey(str(IDENTITY.to_public()))
OPEN = {"open_release": True, "model": "published openly", "k_target": 11, "sensitive": (), "recipient": "the public"}


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "key.txt"
    path.parent.mkdir()
    path.write_text(f"# made for a test\n{IDENTITY}\n")
    return path


@pytest.fixture
def make(table: ReleasedTable, facts: MakeFacts, tmp_path: Path) -> Make:
    def made(name: str = "out", sealing: Sealing = TO_ME, **more: object) -> ReleaseResult:
        chosen = {"table": table, "facts": facts(), "owner": TO_ME, "raw": (), **more}
        data, said = chosen.pop("table"), chosen.pop("facts")
        present = list(tmp_path.iterdir())
        try:
            return make_release(data, said, sealing, tmp_path / name, **chosen)
        except Exception:
            assert not [p for p in tmp_path.iterdir() if p.name.startswith((".", name)) and p not in present]
            raise

    return made


@pytest.fixture
def ids() -> Column:
    return Microdata.from_columns({"ni": [f"ZZ {i:06d} T" for i in range(260)]}).column("ni")


def files_in(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def commands(readme: Path, heading: str) -> list[str]:
    """The indented command lines of one chapter of README_FIRST."""
    chapter = readme.read_text().split(f"## {heading}")[1].split("\n## ")[0]
    return [block.replace("\n    ", "\n").strip() for block in re.findall(r"(?:^    .*\n)+", chapter, re.MULTILINE)]


def pasted(lines: str, folder: Path) -> str:
    """What command lines of our own instructions print: a recipient pastes them into a shell, and so does the test."""
    return subprocess.run(lines, cwd=folder, shell=True, check=True, capture_output=True, text=True).stdout


def test_what_leaves_and_what_stays(make: Make) -> None:
    result = make()
    assert sorted(files_in(result.release)) == [
        "README_FIRST.html",
        "README_FIRST.md",
        "decrypt.html",
        "manifest.json",
        "manifest.sig",
        "payload.tar.age",
        "public_key.pem",
    ]
    assert sorted(files_in(result.supporting)) == ["README.md", "supporting.tar.age"]
    assert stat.S_IMODE(result.supporting.stat().st_mode) == 0o700
    assert [p.name for p in result.release.parent.iterdir() if p not in (result.release, result.supporting)] == []
    manifest = json.loads((result.release / "manifest.json").read_text())
    assert set(manifest["files"]) == set(files_in(result.release)) - {"manifest.json", "manifest.sig"}
    assert "DATA_DICTIONARY" not in json.dumps(manifest)
    assert len((result.release / "manifest.sig").read_bytes()) == 64
    assert result.manifest_sha256 == hashlib.sha256((result.release / "manifest.json").read_bytes()).hexdigest()
    assert (result.proof.rows, result.proof.k) == (240, 40)


@pytest.mark.filterwarnings("default")  # the validator's own libraries warn
def test_the_recipient_opens_it_and_has_the_same_table(
    make: Make, table: ReleasedTable, key_file: Path, tmp_path: Path
) -> None:
    result = make()
    opened = open_release(result.release, tmp_path / "opened", OpeningKey(key_file), fingerprint=result.fingerprint)
    assert opened.fingerprint == result.fingerprint
    lines = (opened.folder / "data" / "records.csv").read_text().splitlines()
    expected = [
        ",".join(f'"{c.labels[c.codes[i]]}"' if c.codes[i] < len(c.labels) else "" for c in table.columns)
        for i in range(table.rows)
    ]
    assert sorted(lines[1:]) == sorted(expected)
    assert lines[1:] != expected
    assert validate(str(opened.folder / "datapackage.json")).valid


def test_every_command_of_the_instructions_works_with_the_age_program(make: Make, key_file: Path) -> None:
    result = make()
    readme = result.release / "README_FIRST.md"
    printed, checks, hashes = commands(readme, "1.")
    assert printed.replace("\n", " ") == result.fingerprint

    fingerprint, verified = (pasted(line, result.release) for line in checks.split("\n"))
    assert fingerprint.split()[-1] == result.fingerprint.replace(" ", "")
    assert "Signature Verified Successfully" in verified
    listed = pasted(hashes, result.release)
    manifest = json.loads((result.release / "manifest.json").read_text())
    assert all(entry["sha256"] in listed for entry in manifest["files"].values())
    opening, halftone = commands(readme, "2.")
    pasted(opening.replace("KEYFILE", str(key_file)), result.release)
    by_age = files_in(result.release.parent / "opened_r2025-1")
    assert halftone.startswith("python -m anonymiser open . --identity KEYFILE --out ../opened_r2025-1")
    opened = open_release(result.release, result.release.parent / "again", OpeningKey(key_file))
    assert by_age == files_in(opened.folder)


def typed(command: list[str], answer: str, folder: Path) -> int:
    """Run a program at a terminal and type an answer when it asks."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvp(command[0], command)
    said = b""
    while b"passphrase" not in said.lower():
        said += os.read(terminal, 1024)
    os.write(terminal, answer.encode() + b"\n")
    try:
        while os.read(terminal, 1024):
            pass
    except OSError:  # it has closed its terminal
        pass
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)  # not earlier: that would hang it up
    return code


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # a fork beside threads of libraries
def test_six_words_open_it_with_halftone_and_with_the_age_program(make: Make, tmp_path: Path) -> None:
    result = make(sealing=SealWithPassphrase())
    assert result.passphrase is not None
    assert len(result.passphrase.split("-")) >= 6
    assert result.passphrase not in repr(result)
    opened = open_release(result.release.parent, tmp_path / "opened", OpeningKey(passphrase=result.passphrase))
    opening = commands(result.release / "README_FIRST.md", "2.")[0].replace("../opened_r2025-1", str(tmp_path / "age"))
    assert "age -d -i identity.age -o" in opening
    assert typed(["bash", "-c", opening], result.passphrase, result.release) == 0
    assert files_in(tmp_path / "age") == files_in(opened.folder)
    for wrong in ("", "six-other-words", result.passphrase.upper()):
        with pytest.raises(SealError, match="passphrase"):
            open_release(result.release, tmp_path / "wrong", OpeningKey(passphrase=wrong))
    assert not (tmp_path / "wrong").exists()


def test_an_open_release_is_plain_and_complete(
    make: Make, table: ReleasedTable, facts: MakeFacts, tmp_path: Path
) -> None:
    plain = dataclasses.replace(table, columns=table.columns[:2])
    result = make(sealing=NotSealed(), table=plain, facts=facts(**OPEN))
    names = set(files_in(result.release))
    assert {"LICENCE", "croissant.json", "data/records.csv", "data/records.parquet", "datapackage.json"} <= names
    assert result.passphrase is None
    opened = open_release(result.release, tmp_path / "copy")
    assert {"hashes.json", "data/records.csv"} <= set(opened.files)
    assert "README_FIRST.md" not in opened.files
    checks = commands(result.release / "README_FIRST.md", "1.")[1]
    pasted(checks, result.release)


def test_the_same_recipe_key_and_id_give_the_same_bytes(
    make: Make, facts: MakeFacts, key_file: Path, tmp_path: Path, ids: Column
) -> None:
    keys = OwnerKeys.fresh()
    asked = (PseudonymRequest("person_id", ids, Concept.NATIONAL_INSURANCE),)

    def payload(name: str, **changes: object) -> dict[str, bytes]:
        result = make(name, keys=keys, facts=facts(**changes), pseudonyms=asked)
        return files_in(open_release(result.release, tmp_path / f"{name}-opened", OpeningKey(key_file)).folder)

    one, same, other = payload("1"), payload("2"), payload("3", recipient="another college")
    assert one == same

    def people(files: dict[str, bytes]) -> list[str]:
        return [line.split(b'"')[1].decode() for line in files["data/records.csv"].splitlines()[1:]]

    assert len(set(people(one)) | set(people(other))) == 480
    assert not any(value.replace(" ", "").encode() in one["data/records.csv"] for value in ids.values)


def test_a_sample_states_its_share_and_keeps_the_promise(
    make: Make, facts: MakeFacts, key_file: Path, tmp_path: Path
) -> None:
    said = facts(form=ReleaseForm.SAMPLE, sample_fraction=0.25)
    result = make(facts=said)
    assert result.proof.rows + result.left_out == 60
    assert result.proof.k is not None
    assert result.proof.k >= 5
    opened = open_release(result.release, tmp_path / "opened", OpeningKey(key_file)).folder
    assert "A random sample of 25 %" in (opened / "TRANSFORMATIONS.md").read_text()
    assert "25 %" in (opened / "DATA_DICTIONARY.md").read_text()
    with pytest.raises(PolicyError, match="larger share"):
        make("small", facts=facts(form=ReleaseForm.SAMPLE, sample_fraction=0.02))


def test_groups_that_became_too_small_in_a_sample_are_left_out(make: Make, facts: MakeFacts) -> None:
    said = facts(form=ReleaseForm.SAMPLE, sample_fraction=0.25, k_target=10, sensitive=())
    results = [make(str(i), facts=said) for i in range(4)]
    assert any(result.left_out for result in results)
    assert all(result.proof.k is not None and result.proof.k >= 10 for result in results)


def test_tables_leave_in_place_of_records(make: Make, facts: MakeFacts, tmp_path: Path) -> None:
    result = make(sealing=NotSealed(), facts=facts(**OPEN, form=ReleaseForm.TABLES))
    opened = open_release(result.release, tmp_path / "opened").folder
    text = (opened / "data" / "records.csv").read_text()
    assert "drinks" not in text
    assert len(text.splitlines()) == 1 + 3 + 4 + 7
    assert "not in the tables" in (opened / "TRANSFORMATIONS.md").read_text()
    assert "rounded" in (opened / "DATA_DICTIONARY.md").read_text()


def test_tables_of_a_column_with_an_odd_name(make: Make, table: ReleasedTable, facts: MakeFacts) -> None:
    odd = dataclasses.replace(table, columns=(dataclasses.replace(table.columns[0], name="=cmd()"), *table.columns[1:]))
    said = facts(form=ReleaseForm.TABLES, qi_names=("=cmd()", "birthdate"))
    assert make(table=odd, facts=said).proof.rows == 3 + 4 + 7


def test_the_archive_opens_with_the_age_program_and_makes_the_pseudonyms_again(
    make: Make, key_file: Path, ids: Column, tmp_path: Path
) -> None:
    asked = (PseudonymRequest("person_id", ids, Concept.NATIONAL_INSURANCE),)
    result = make(pseudonyms=asked)
    text = (result.supporting / "README.md").read_text().replace("KEYFILE", str(key_file))
    for block in re.findall(r"(?:^    .*\n)+", text, re.MULTILINE):
        pasted(block, result.supporting)
    inside = result.supporting / "opened"
    assert {"recipe.json", "decisions.json", "pseudonymise.py", "release.json", "keys/keys.json.age"} <= set(
        files_in(inside)
    )
    assert b'"release_key": ' not in (inside / "supporting.tar").read_bytes()
    printed = subprocess.run(
        [sys.executable, "pseudonymise.py", "keys.json", "person_id", "national-insurance"],
        input="\n".join(ids.values),
        cwd=inside,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    opened = open_release(result.release, tmp_path / "opened", OpeningKey(key_file)).folder
    released = {line.split(",")[0].strip('"') for line in (opened / "data/records.csv").read_text().splitlines()[1:]}
    assert released == set(printed[20:])


def test_keys_of_a_vault_are_not_copied_into_the_archive(make: Make) -> None:
    for name, keys in (("fresh", None), ("vault", OwnerKeys.fresh())):
        result = make(name, keys=keys)
        raw = pyrage.decrypt((result.supporting / "supporting.tar.age").read_bytes(), [IDENTITY])
        with tarfile.open(fileobj=io.BytesIO(raw)) as archive:
            wrapped = archive.extractfile("keys/keys.json.age")
            assert wrapped is not None
            held = json.loads(pyrage.decrypt(wrapped.read(), [IDENTITY]))
        assert ("master_key" in held) is (name == "fresh")


def test_the_owner_is_shown_six_words_when_she_gave_no_key(
    table: ReleasedTable, facts: MakeFacts, tmp_path: Path
) -> None:
    result = make_release(table, facts(), TO_ME, tmp_path / "out", raw=())
    assert result.owner_passphrase is not None
    sealed = (result.supporting / "identity.age").read_bytes()
    text = pyrage.passphrase.decrypt(sealed, result.owner_passphrase).decode()
    identity = pyrage.x25519.Identity.from_str(text.splitlines()[-1])
    assert pyrage.decrypt((result.supporting / "supporting.tar.age").read_bytes(), [identity])
    everything = b"".join(files_in(tmp_path / "out").values())
    assert result.owner_passphrase.encode() not in everything


REFUSED: list[tuple[str, type[AnonymiserError], dict[str, object]]] = [
    ("direct identifier", PolicyError, {"role": Role.DIRECT}),
    ("not counted in the groups", PolicyError, {"role": Role.QUASI}),
    ("must be sealed", PolicyError, {"sealing": NotSealed()}),
    ("must be not sealed", PolicyError, {"facts": OPEN, "sealing": TO_ME}),
    ("is sensitive", PolicyError, {"facts": OPEN, "sealing": NotSealed()}),
    ("every column counts", PolicyError, {"facts": OPEN, "sealing": NotSealed(), "columns": (0, 1, 3)}),
    ("has no pseudonyms", PolicyError, {"facts": OPEN, "sealing": NotSealed(), "columns": (0, 1), "pseudonyms": True}),
    ("so they have no pseudonyms", PolicyError, {"facts": {"form": ReleaseForm.TABLES}, "pseudonyms": True}),
    ("no column 'age'", ColumnError, {"facts": {"qi_names": ("age",)}}),
    ("Nothing is left", InputError, {"rows": 0}),
    ("than the 41 promised", PolicyError, {"facts": {"k_target": 41}}),
    ("not an age public key", SealError, {"sealing": SealToKey("age1nothing")}),
    ("passphrase is empty", SealError, {"sealing": SealWithPassphrase(" ")}),
    ("passphrase is empty", SealError, {"owner": SealWithPassphrase("")}),
]


def changed(table: ReleasedTable, case: dict[str, object]) -> ReleasedTable:
    """The table of a case: another role for the last column, fewer columns, fewer rows."""
    columns = list(table.columns)
    columns[3] = dataclasses.replace(columns[3], role=case.get("role", columns[3].role))
    rows = slice(0, case.get("rows"))
    chosen = tuple(
        dataclasses.replace(columns[i], codes=columns[i].codes[rows]) for i in case.get("columns", range(len(columns)))
    )
    return dataclasses.replace(table, columns=chosen, source_rows=table.source_rows[rows])


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=[row[0] for row in REFUSED])
def test_what_must_not_be_made_is_refused_and_leaves_nothing(
    make: Make, table: ReleasedTable, facts: MakeFacts, ids: Column, number: int
) -> None:
    words, error, case = REFUSED[number]
    request = PseudonymRequest("person_id", ids, Concept.NATIONAL_INSURANCE)
    with pytest.raises(error, match=words):
        make(
            table=changed(table, case),
            facts=facts(**case.get("facts", {})),
            sealing=case.get("sealing", TO_ME),
            owner=case.get("owner", TO_ME),
            pseudonyms=(request,) if case.get("pseudonyms") else (),
        )


def test_a_planted_identifier_stops_the_release(make: Make, table: ReleasedTable, tmp_path: Path) -> None:
    phones = Microdata.from_columns({"phone": [f"07700 900{i:03d}" for i in range(260)]}).column("phone")
    raw = (RawColumn(phones, RawKind.DIRECT),)
    assert make("clean", raw=raw).proof.rows == 240
    codes = np.zeros(240, dtype=np.uint8)
    codes[100] = 1
    planted = ReleasedColumn("notes", Role.INSENSITIVE, "c", "exact", "m", ("-", "rang 07700-900 042"), codes)
    for name, bad in {
        "cell": dataclasses.replace(table, columns=(*table.columns, planted)),
        "reason": dataclasses.replace(table, dropped=(DroppedColumn("x", "was 07700 900042"),)),
        "name": dataclasses.replace(
            table, columns=(*table.columns[:3], dataclasses.replace(table.columns[3], name="07700900042"))
        ),
    }.items():
        with pytest.raises(PolicyError) as caught:
            make(name, table=bad, raw=raw)
        assert "900042" not in str(caught.value).replace("'07700900042'", "")
        assert not (tmp_path / name).exists()


def test_a_local_folder_in_a_text_stops_the_release(make: Make, facts: MakeFacts, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="folder of this computer"):
        make(facts=facts(purpose=f"from {tmp_path}/customers.csv"))


def test_nothing_that_leaves_holds_what_must_stay(make: Make, key_file: Path, tmp_path: Path, ids: Column) -> None:
    """Every byte of the release and of the opened payload, against every raw identifier, key and folder."""
    keys = OwnerKeys.fresh()
    result = make(keys=keys, pseudonyms=(PseudonymRequest("person_id", ids, Concept.NATIONAL_INSURANCE),))
    opened = open_release(result.release, tmp_path / "opened", OpeningKey(key_file)).folder
    secret = keys.for_release("r2025-1", "Imperial College")
    forbidden = [
        *(value.encode() for value in ids.values),
        *(value.replace(" ", "").encode() for value in ids.values),
        *(form for key in keys.secrets(secret) for form in (key, key.hex().encode())),
        str(tmp_path).encode(),
        str(Path.cwd()).encode(),
        b"2000\xe2\x80\x932019",
        b"recipe",
    ]
    for folder in (result.release, opened):
        for name, content in files_in(folder).items():
            assert not [text for text in forbidden if text in content], name


@pytest.mark.filterwarnings("default")
def test_names_and_labels_that_mean_something_elsewhere_are_only_text(
    make: Make, table: ReleasedTable, facts: MakeFacts, key_file: Path, tmp_path: Path
) -> None:
    names = ("=cmd()", "![x](http://example.org/x.png)", "<script>", 'a"b,c\nd')
    labels = (
        "=1+1",
        "two\nlines",
        'say "x", please',
        "carriage\rreturn",
        "NA",
        "  blank",
        "ünï ☃",
        "a;b\t'c",
        "-1",
        "\u2028",
    )
    columns = tuple(
        dataclasses.replace(c, name=name, labels=(*labels, *c.labels)[: len(c.labels)])
        for c, name in zip(table.columns, names, strict=True)
    )
    said = facts(qi_names=names[:2], sensitive=(DiversityRequirement(names[2], 3),))
    result = make(table=dataclasses.replace(table, columns=columns), facts=said)
    opened = open_release(result.release, tmp_path / "opened", OpeningKey(key_file)).folder
    assert validate(str(opened / "datapackage.json")).valid
    text = (opened / "data" / "records.csv").read_bytes().decode()
    assert text.startswith('"\'=cmd()","![x]')
    assert '"\'=1+1"' in text
    assert '"=1+1"' not in text


def test_no_plain_byte_has_a_name_on_disk_before_it_is_sealed(make: Make, tmp_path: Path) -> None:
    seen: list[bytes] = []

    def look(_fraction: float, _words: str) -> None:
        seen.extend(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    make(progress=look)
    assert seen
    assert not any("1980–1999".encode() in content for content in seen)


def test_progress_goes_from_nothing_to_all_in_words(make: Make) -> None:
    told: list[tuple[float, str]] = []
    make(progress=lambda fraction, words: told.append((fraction, words)))
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert (told[0][0], told[-1]) == (0.0, (1.0, "Done"))
    assert all(words for _, words in told)


NEVER = (
    "anonymous",
    "gdpr compliant",
    "ico approved",
    "nhs rules",
    "% risk",
    "risk 9",
    "cannot be re-identified",
    "securely deleted",
)


def test_no_document_claims_what_may_not_be_claimed(make: Make, key_file: Path, tmp_path: Path) -> None:
    result = make()
    opened = open_release(result.release, tmp_path / "opened", OpeningKey(key_file)).folder
    for folder in (result.release, opened, result.supporting):
        for name, content in files_in(folder).items():
            text = content.decode("utf-8", errors="ignore").lower()
            assert not [words for words in NEVER if words in text], name


def test_a_used_folder_is_refused_before_anything_is_written(make: Make, tmp_path: Path) -> None:
    make()
    before = files_in(tmp_path)
    with pytest.raises(OutputError, match="not empty"):
        make()
    assert files_in(tmp_path) == before
    (tmp_path / "empty").mkdir()
    assert make("empty").release.is_dir()


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import conftest, pyrage
from anonymiser.errors import OutputError
from anonymiser.release.package import make_release
from anonymiser.release.opening import OpeningKey, open_release
from anonymiser.release.seal import SealToKey
table, facts = (getattr(conftest, n)._get_wrapped_function()() for n in ("table", "facts"))
identity = pyrage.x25519.Identity.generate()
to = SealToKey(str(identity.to_public()))
here = Path(sys.argv[2])
(here / "key").write_text(str(identity))
made = make_release(table, facts(), to, here / "whole", raw=(), owner=to)
largest = max(p.stat().st_size for p in made.release.iterdir())
before = sorted(here.rglob("*"))
def limited(size, step):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        step()
    except OutputError as error:
        return str(error)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for size in (0, 100, 1000, 3000, 6000, 10000, largest - 1):
    for step in (
        lambda: make_release(table, facts(), to, here / "out", raw=(), owner=to),
        lambda: open_release(made.release, here / "out", OpeningKey(here / "key")),
    ):
        said = limited(size, step)
        if said is None:
            assert size >= 10000, size  # what is inside is smaller than its seal
            import shutil; shutil.rmtree(here / "out")
            continue
        assert "disk is full" in said, said
        assert sorted(here.rglob("*")) == before, size
        print("stopped")
"""


def test_a_full_disk_leaves_nothing_at_whatever_file_it_happens(tmp_path: Path) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", FULL, str(Path(__file__).parent), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout.count("stopped") >= 11
