"""The record of who did what: what is written, what a change to it looks like, and what happens when writing fails."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anonymiser.audit import (
    HEAD_FILE,
    TRAIL_FILE,
    Actor,
    Anchor,
    Event,
    Kind,
    Trail,
    Verdict,
    fingerprint_of_key,
    in_words,
    local_actor,
    read_entries,
    setting_of,
    topic_of,
    verdict_in_words,
    verify,
    what_changed,
)
from anonymiser.audit.entry import Entry, hash_of_line, signed_line
from anonymiser.audit.head import parse_head, signed_head
from anonymiser.audit.keys import KEY_FILE, installation_key, public_hex
from anonymiser.errors import OutputError, TamperedError
from anonymiser.project import Project
from anonymiser.reading import read
from tests.command_line import ROOT, Command, refused

ALEX = Actor("alex@example.org", authenticated=True)


@pytest.fixture
def trail(tmp_path: Path) -> Trail:
    return Trail(ALEX, folder=tmp_path / "home" / "audit")


@pytest.fixture
def six(trail: Trail) -> Trail:
    """Six entries: the beginning and five more."""
    for number in range(5):
        trail.append(Event.KEPT, {"name": f"setting {number}", "k": number})
    return trail


def lines_of(trail: Trail) -> list[bytes]:
    return (trail.folder / TRAIL_FILE).read_bytes().splitlines(keepends=True)


def checked(trail: Trail, lines: list[bytes] | None = None, **options: object) -> Verdict:
    content = (trail.folder / TRAIL_FILE).read_bytes() if lines is None else b"".join(lines)
    return verify(content, (trail.folder / HEAD_FILE).read_bytes(), **options)


def found(verdict: Verdict) -> tuple[Kind, int]:
    assert not verdict.whole
    return verdict.faults[0].kind, verdict.faults[0].entry


def chained_anew(lines: list[bytes], key: Ed25519PrivateKey, change: int) -> list[bytes]:
    """Edit one entry, and make hashes and signatures fit again, with another key."""
    from anonymiser.audit.entry import FIRST

    made, previous = [], FIRST
    for number, entry in enumerate(read_entries(b"".join(lines)), start=1):
        fields = {**entry.fields, "k": 99} if number == change else entry.fields
        _, line = signed_line(replace(entry, fields=fields, previous=previous), key)
        made.append(line)
        previous = hash_of_line(line)
    return made


class TestWriting:
    def test_each_entry_is_chained_to_the_one_before_it_and_the_head_counts_them(self, six: Trail) -> None:
        lines = lines_of(six)
        entries = read_entries(b"".join(lines))
        assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5, 6]
        assert entries[0].event is Event.BEGUN
        for line, entry in zip(lines, entries[1:], strict=False):
            assert entry.previous == hash_of_line(line)
        head = parse_head((six.folder / HEAD_FILE).read_bytes())
        assert head is not None
        assert (head.entries, head.head, head.size) == (6, hash_of_line(lines[-1]), sum(map(len, lines)))
        verdict = checked(six)
        assert verdict.whole
        assert verdict_in_words(verdict).startswith("Whole: 6 entries")

    def test_the_hash_is_the_one_that_sha256sum_computes(self, six: Trail) -> None:
        first, second = lines_of(six)[:2]
        told = subprocess.run(["sha256sum"], input=first.rstrip(b"\n"), capture_output=True, check=True).stdout.split()
        assert json.loads(second)["previous"] == told[0].decode()

    def test_files_are_the_owner_s_alone(self, six: Trail) -> None:
        for name in (TRAIL_FILE, HEAD_FILE, KEY_FILE):
            assert (six.folder / name).stat().st_mode & 0o777 == 0o600
        assert six.folder.stat().st_mode & 0o777 == 0o700

    def test_a_name_that_nobody_checked_is_written_so(self, trail: Trail) -> None:
        assert replace(trail, actor=Actor("pat")).append(Event.LOGOUT).actor == "pat (not authenticated)"
        assert trail.append(Event.LOGOUT).actor == "alex@example.org"
        assert not local_actor().authenticated

    def test_fields_stay_on_their_line_and_short(self, trail: Trail) -> None:
        trail.append(Event.KEPT, {"name": "a\nb\x1b[2J" + "x" * 5_000, "loss": float("nan")})
        entry = read_entries(lines_of(trail)[-1])[0]
        assert len(str(entry.fields["name"])) <= 300
        assert "\n" not in str(entry.fields["name"])
        assert entry.fields["loss"] is None

    def test_the_owner_s_key_signs_while_the_vault_is_open(self, six: Trail) -> None:
        owner = Ed25519PrivateKey.generate()
        six.append(Event.VAULT, {"public_key": public_hex(owner.public_key())})
        six.signed_by(owner).append(Event.EXPORTED, {"release": "r"})
        six.append(Event.LOGOUT)
        fingerprint = fingerprint_of_key(public_hex(owner.public_key()))
        verdict = checked(six, fingerprint=fingerprint)
        assert verdict.whole
        assert verdict.proven == 8, "she vouches up to her own entry, not for what came after"
        assert "vouches for entries 1 to 8" in verdict_in_words(verdict)

    def test_a_key_that_nothing_introduced_is_a_stranger(self, six: Trail) -> None:
        lines, stranger = lines_of(six), Ed25519PrivateKey.generate()
        last = read_entries(lines[-1])[0]
        _, line = signed_line(replace(last, sequence=7, previous=hash_of_line(lines[-1])), stranger)
        assert found(checked(six, [*lines, line])) == (Kind.STRANGER, 7)

    def test_a_key_cannot_introduce_itself(self, six: Trail) -> None:
        lines, stranger = lines_of(six), Ed25519PrivateKey.generate()
        made = [*lines]
        for number, event in ((7, Event.VAULT), (8, Event.EXPORTED)):
            fields = {"public_key": public_hex(stranger.public_key())}
            draft = Entry(number, datetime.now(tz=UTC), "x", event, fields, hash_of_line(made[-1]), "")
            made.append(signed_line(draft, stranger)[1])
        head = signed_head(8, sum(map(len, made)), hash_of_line(made[-1]), datetime.now(tz=UTC), stranger)
        assert found(verify(b"".join(made), head.to_bytes())) == (Kind.STRANGER, 7)

    def test_the_owner_s_key_is_introduced_before_it_signs(self, six: Trail) -> None:
        owner = Ed25519PrivateKey.generate()
        six.signed_by(owner).append(Event.EXPORTED, {"release": "r"})
        six.signed_by(owner).append(Event.EXPORTED, {"release": "s"})
        events = [entry.event for entry in read_entries(b"".join(lines_of(six)))]
        assert events[6:] == [Event.VAULT, Event.EXPORTED, Event.EXPORTED]
        assert checked(six).whole

    def test_two_programs_write_at_once_and_both_entries_stay(self, tmp_path: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from anonymiser.audit import Actor, Event, Trail\n"
            "trail = Trail(Actor(sys.argv[2], True), folder=Path(sys.argv[1]))\n"
            "for number in range(25): trail.append(Event.KEPT, {'name': str(number)})\n"
        )
        folder = tmp_path / "home" / "audit"
        running = [
            subprocess.Popen([sys.executable, "-c", code, str(folder), name], cwd=ROOT) for name in ("one", "two")
        ]
        assert [process.wait(60) for process in running] == [0, 0]
        trail = Trail(folder=folder)
        assert checked(trail).whole
        actors = [entry.actor for entry in read_entries(b"".join(lines_of(trail)))][1:]
        assert sorted(actors) == ["one"] * 25 + ["two"] * 25

    def test_a_clock_that_goes_back_is_noted_and_refuses_nothing(self, six: Trail) -> None:
        early = replace(six, clock=lambda: datetime.now(tz=UTC) - timedelta(hours=5))
        assert early.append(Event.LOGOUT).sequence == 7
        verdict = checked(six)
        assert verdict.whole
        assert verdict.notes == (
            "At entry 7 the clock of the machine went back by 5 hours. The order is that of the numbers.",
        )


class TestFailing:
    @pytest.mark.parametrize("call", ["pwrite", "fsync", "replace"])
    def test_a_full_disk_leaves_the_record_as_it_was(
        self, six: Trail, monkeypatch: pytest.MonkeyPatch, call: str
    ) -> None:
        before = (b"".join(lines_of(six)), (six.folder / HEAD_FILE).read_bytes())

        def full(*_: object) -> int:
            raise OSError(errno.ENOSPC, "no space")

        with monkeypatch.context() as patched:
            patched.setattr(Path if call == "replace" else os, call, full)
            with pytest.raises(OutputError, match="The disk is full: the audit trail could not be written"):
                six.append(Event.EXPORTED, {"release": "r"})
        assert (b"".join(lines_of(six)), (six.folder / HEAD_FILE).read_bytes()) == before
        assert not list(six.folder.glob(".head-*"))
        assert six.append(Event.LOGOUT).sequence == 7
        assert checked(six).whole

    def test_a_line_written_by_half_is_cut_off_again(self, six: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = os.pwrite
        before = b"".join(lines_of(six))

        def half(handle: int, content: bytes, place: int) -> int:
            if len(content) < 100:
                raise OSError(errno.ENOSPC, "no space")
            return whole(handle, content[: len(content) - 50], place)

        with monkeypatch.context() as patched:
            patched.setattr(os, "pwrite", half)
            with pytest.raises(OutputError):
                six.append(Event.LOGOUT)
        assert b"".join(lines_of(six)) == before

    def test_stopped_between_line_and_head_it_goes_on(self, six: Trail) -> None:
        head = (six.folder / HEAD_FILE).read_bytes()
        six.append(Event.LOGOUT)
        (six.folder / HEAD_FILE).write_bytes(head)
        assert checked(six).whole, "the line is chained and signed by itself"
        assert six.append(Event.LOGOUT).sequence == 8
        assert checked(six).whole

    def test_stopped_within_a_line_the_rest_is_removed_and_noted(self, six: Trail) -> None:
        with (six.folder / TRAIL_FILE).open("ab") as log:
            log.write(b'{"sequence":7,"time":"20')
        assert found(checked(six))[0] in (Kind.EDITED, Kind.DAMAGED)
        six.append(Event.LOGOUT)
        entries = read_entries(b"".join(lines_of(six)))
        assert [entry.event for entry in entries[-2:]] == [Event.RECOVERED, Event.LOGOUT]
        assert entries[-2].fields["unfinished_bytes"] == 24
        assert checked(six).whole, "an interruption is no forgery"

    def test_a_folder_that_cannot_be_written_is_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(OutputError, match="audit trail could not be written") as told:
            Trail(ALEX, folder=tmp_path / "file" / "audit").append(Event.LOGOUT)
        assert str(tmp_path) not in str(told.value)

    def test_a_damaged_key_says_what_to_do(self, six: Trail) -> None:
        (six.folder / KEY_FILE).write_bytes(b"short")
        with pytest.raises(TamperedError, match="backup copy"):
            six.append(Event.LOGOUT)


class TestForgery:
    def test_an_edit(self, six: Trail) -> None:
        lines = lines_of(six)
        lines[2] = lines[2].replace(b'"k":1', b'"k":9')
        assert found(checked(six, lines)) == (Kind.EDITED, 3)

    def test_an_edit_of_the_last_entry(self, six: Trail) -> None:
        lines = lines_of(six)
        lines[5] = lines[5].replace(b'"k":4', b'"k":9')
        assert found(checked(six, lines)) == (Kind.EDITED, 6)

    def test_the_same_content_written_another_way(self, six: Trail) -> None:
        lines = lines_of(six)
        lines[3] = lines[3].replace(b'","', b'", "', 1)
        assert found(checked(six, lines)) == (Kind.EDITED, 4)

    @pytest.mark.parametrize("gone", [0, 2, 4])
    def test_a_deletion(self, six: Trail, gone: int) -> None:
        lines = lines_of(six)
        del lines[gone]
        assert found(checked(six, lines)) == (Kind.MISSING, gone + 1)

    @pytest.mark.parametrize("left", [1, 3, 5])
    def test_a_cut_tail(self, six: Trail, left: int) -> None:
        verdict = checked(six, lines_of(six)[:left])
        assert found(verdict) == (Kind.CUT, left + 1)
        assert "6 were signed" in verdict.faults[0].sentence

    def test_another_order(self, six: Trail) -> None:
        lines = lines_of(six)
        lines[2], lines[3] = lines[3], lines[2]
        assert found(checked(six, lines)) == (Kind.ORDER, 4)

    def test_a_doubled_entry(self, six: Trail) -> None:
        lines = lines_of(six)
        assert found(checked(six, [*lines[:3], lines[2], *lines[3:]])) == (Kind.ORDER, 3)

    def test_hashes_chained_anew_without_the_key(self, six: Trail) -> None:
        lines = lines_of(six)
        content = json.loads(lines[2])
        content["fields"]["k"] = 9
        lines[2] = json.dumps(content, separators=(",", ":")).encode() + b"\n"
        for place in range(3, 6):
            content = json.loads(lines[place])
            content["previous"] = hash_of_line(lines[place - 1])
            lines[place] = json.dumps(content, separators=(",", ":")).encode() + b"\n"
        assert found(checked(six, lines)) == (Kind.EDITED, 3)

    def test_chained_and_signed_anew_with_another_key(self, six: Trail) -> None:
        forged = chained_anew(lines_of(six), Ed25519PrivateKey.generate(), 3)
        assert found(checked(six, forged)) == (Kind.FORGED, 6)

    def test_everything_anew_with_another_key_and_its_head(self, six: Trail) -> None:
        mine = fingerprint_of_key(public_hex(installation_key(six.folder).public_key()))
        stranger = Ed25519PrivateKey.generate()
        forged = chained_anew(lines_of(six), stranger, 3)
        head = signed_head(6, sum(map(len, forged)), hash_of_line(forged[-1]), datetime.now(tz=UTC), stranger)
        by_itself = verify(b"".join(forged), head.to_bytes())
        assert by_itself.whole, "who does not know the key cannot tell: so the command shows its fingerprint"
        assert found(verify(b"".join(forged), head.to_bytes(), fingerprint=mine)) == (Kind.STRANGER, 0)

    def test_everything_anew_with_the_installation_s_own_key_contradicts_a_release(self, six: Trail) -> None:
        key = installation_key(six.folder)
        noted = Anchor("release r1", 4, hash_of_line(lines_of(six)[3]))
        assert checked(six, anchors=[noted]).anchors == 1
        forged = chained_anew(lines_of(six), key, 3)
        head = signed_head(6, sum(map(len, forged)), hash_of_line(forged[-1]), datetime.now(tz=UTC), key).to_bytes()
        verdict = verify(b"".join(forged), head, anchors=[noted])
        assert found(verdict) == (Kind.FORGED, 4)
        assert "release r1 knows another entry 4" in verdict_in_words(verdict)

    def test_an_older_record_with_its_older_head_contradicts_a_release(self, trail: Trail) -> None:
        trail.append(Event.LOGOUT)
        old = (lines_of(trail), (trail.folder / HEAD_FILE).read_bytes())
        trail.append(Event.EXPORTED, {"release": "r1"})
        noted = Anchor("release r1", 3, hash_of_line(lines_of(trail)[2]))
        verdict = verify(b"".join(old[0]), old[1], anchors=[noted])
        assert found(verdict) == (Kind.CUT, 3)

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            (lambda text: text.replace(b'"entries": 6', b'"entries": 5'), Kind.HEAD),
            (lambda _text: b"{}", Kind.HEAD),
            (lambda _text: None, Kind.HEAD),
        ],
    )
    def test_a_head_that_was_changed_or_removed(self, six: Trail, change: object, kind: Kind) -> None:
        head = change((six.folder / HEAD_FILE).read_bytes())
        assert found(verify(b"".join(lines_of(six)), head))[0] is kind

    def test_writing_on_does_not_hide_a_cut_tail(self, six: Trail) -> None:
        (six.folder / TRAIL_FILE).write_bytes(b"".join(lines_of(six)[:3]))
        six.append(Event.LOGOUT)
        verdict = checked(six)
        assert found(verdict) == (Kind.CUT, 4)
        assert "6 entries were signed, 3 there" in verdict.faults[0].sentence

    def test_writing_on_does_not_hide_a_lost_head(self, six: Trail) -> None:
        (six.folder / HEAD_FILE).unlink()
        six.append(Event.LOGOUT)
        assert "the signed head was missing" in verdict_in_words(checked(six))

    def test_one_byte_anywhere_is_found(self, six: Trail) -> None:
        content = b"".join(lines_of(six))
        head = (six.folder / HEAD_FILE).read_bytes()
        for place in range(0, len(content), 7):
            changed = bytearray(content)
            changed[place] ^= 1
            assert not verify(bytes(changed), head).whole, place


class TestWords:
    def test_every_event_has_a_sentence_and_a_topic(self, trail: Trail) -> None:
        table = "ab" * 32
        for event in Event:
            entry = trail.append(event, {"table": table, "rows": 5, "columns": 2, "k": 3})
            said = in_words(entry, {table: "mine.csv"})
            assert said.endswith("."), event
            assert topic_of(event)
            assert "{" not in said

    def test_a_changed_setting_tells_risk_before_and_after_and_no_value(self, tmp_path: Path, trail: Trail) -> None:
        path = tmp_path / "t.csv"
        rows = "".join(f"{'FM'[i % 2]},Zebulon{i % 7}\n" for i in range(60))
        path.write_text(f"sex,town\n{rows}", encoding="utf-8")
        project = Project(read(path))
        project.change(project.recipe.changed(attributes=project.recipe.attributes))
        before = setting_of(project)
        plan = next(plan for plan in project.recipe.attributes if plan.is_qi and plan.level < plan.top)
        project.change(project.recipe.with_attribute(plan.name, level=plan.top))
        entry = trail.append(Event.SETTING, what_changed(before, setting_of(project)))
        assert f"level {plan.level} → {plan.top} of {plan.top}" in in_words(entry)
        assert entry.fields["k_before"] == before.k
        assert entry.fields["k"] == project.assess().k
        assert b"Zebulon" not in b"".join(lines_of(trail))


class TestCommand:
    @pytest.fixture
    def run(self, capsys: pytest.CaptureFixture[str]) -> Command:
        return Command(capsys)

    def test_a_whole_record(self, run: Command, six: Trail) -> None:
        told = run("audit", "verify", six.folder / TRAIL_FILE)
        assert told.code == 0
        assert told.out.startswith("Whole: 6 entries")
        assert told.out.count("\n") == 1
        key = fingerprint_of_key(public_hex(installation_key(six.folder).public_key()))
        assert key in told.out
        assert run("audit", "verify", six.folder / TRAIL_FILE, "--fingerprint", key).code == 0

    def test_a_change_is_one_line_that_says_which_and_where(self, run: Command, six: Trail) -> None:
        lines = lines_of(six)
        (six.folder / TRAIL_FILE).write_bytes(b"".join(lines[:2] + lines[3:]))
        refused(run("audit", "verify", six.folder / TRAIL_FILE), "Entry 3 is missing")
        (six.folder / TRAIL_FILE).write_bytes(b"".join(lines[:4]))
        refused(run("audit", "verify", six.folder / TRAIL_FILE), "entries 5 to 6 are missing")

    def test_files_that_are_not_there(self, run: Command, tmp_path: Path, six: Trail) -> None:
        refused(run("audit", "verify", tmp_path / "nothing.jsonl"), "does not exist")
        refused(run("audit", "verify", six.folder / TRAIL_FILE, "--release", tmp_path), "is no release")
        (six.folder / HEAD_FILE).unlink()
        refused(run("audit", "verify", six.folder / TRAIL_FILE), "signed head is missing")

    @pytest.mark.parametrize("content", [b"", b"\x00\xff" * 500, b"[]\n", b"{}\n" * 3, b"[" * 100_000])
    def test_a_file_that_is_no_record(self, run: Command, tmp_path: Path, six: Trail, content: bytes) -> None:
        bad = tmp_path / "bad.jsonl"
        bad.write_bytes(content)
        refused(run("audit", "verify", bad, "--head", six.folder / HEAD_FILE), "It was changed.")


def test_an_entry_reads_back_as_it_was_written(trail: Trail) -> None:
    entry = trail.append(Event.KEPT, {"name": 'naïve "quoted" \\ ünï', "k": 3, "loss": 0.25, "open": True, "x": None})
    assert read_entries(lines_of(trail)[-1]) == (entry,)
    assert isinstance(entry, Entry)
    assert entry.is_genuine
