"""A release and the record of who did what: neither without the other."""

from __future__ import annotations

import errno
import json
import os
import tarfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyrage
import pytest

from anonymiser import autosave
from anonymiser.access import approve, ask, decline, release_key, requests
from anonymiser.audit import (
    HEAD_FILE,
    TRAIL_FILE,
    Actor,
    Event,
    Trail,
    anchors_in,
    fingerprint_of_key,
    folder_of,
    read_entries,
    verify,
)
from anonymiser.audit.keys import public_hex
from anonymiser.errors import InputError, OutputError, PolicyError, TamperedError
from anonymiser.microdata import Microdata
from anonymiser.policy import GOVERNMENT, RESEARCHERS
from anonymiser.project import Project
from anonymiser.reading import read
from anonymiser.release.audit_witness import remember, remembered, witness_of
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.seal import NotSealed, SealToKey
from anonymiser.releasing import FirstRelease, Override, Particulars, ReleaseResult, draft, release
from sample_data import CUSTOMERS

FIRST = FirstRelease("A. Owner")
ALEX, PAT = (Actor(f"{name}@example.org", authenticated=True) for name in ("alex", "pat"))


@pytest.fixture(scope="module")
def customers() -> Microdata:
    return read(CUSTOMERS)


@pytest.fixture
def project(customers: Microdata) -> Project:
    made = Project(customers)
    made.choose_policy(RESEARCHERS.name, levels=True)
    return made


@pytest.fixture
def published(customers: Microdata) -> Project:
    made = Project(customers)
    made.choose_policy(GOVERNMENT.name, levels=True)
    return made


@pytest.fixture
def sealing() -> SealToKey:
    return SealToKey(str(pyrage.x25519.Identity.generate().to_public()))


def particulars(project: Project) -> Particulars:
    return replace(draft(project, date(2026, 3, 1)), owner="iInsureU123", contact="privacy@iinsureu123.example")


def publish(project: Project, out: Path) -> ReleaseResult:
    return release(project, particulars(project), NotSealed(), out, trail=Trail(ALEX), remembered=FIRST)


def entries() -> tuple[Event, ...]:
    return tuple(entry.event for entry in read_entries(record()))


def record() -> bytes:
    return (folder_of(autosave.home()) / TRAIL_FILE).read_bytes()


def events(*names: str) -> tuple[Event, ...]:
    return tuple(Event[name] for name in names)


class TestRelease:
    def test_it_is_noted_with_its_manifest_and_takes_the_record_along(
        self, project: Project, sealing: SealToKey, tmp_path: Path
    ) -> None:
        keys, me = OwnerKeys.fresh(), pyrage.x25519.Identity.generate()
        result = release(
            project, particulars(project), sealing, tmp_path / "out", keys=keys, owner=SealToKey(str(me.to_public()))
        )
        assert entries() == events("BEGUN", "VAULT", "EXPORTING", "EXPORTED")
        last = read_entries(record())[-1]
        assert last.fields["manifest"] == result.manifest_sha256
        assert last.fields["recipient"] == particulars(project).recipient
        assert last.actor.endswith("(not authenticated)")
        noted = json.loads((result.release / "manifest.json").read_text())["audit"]
        assert noted["entries"] == 3, "as it was when the release was begun"
        inside = unsealed(result, me, tmp_path)
        verdict = verify(inside[TRAIL_FILE], inside[HEAD_FILE], fingerprint=keys.fingerprint)
        assert verdict.whole
        assert verdict.proven == 3
        assert (verdict.entries, verdict.head) == (noted["entries"], noted["head"])
        assert fingerprint_of_key(public_hex(keys.signing.public_key())) == result.fingerprint

    def test_the_vault_remembers_how_far_it_went(self, project: Project, sealing: SealToKey, tmp_path: Path) -> None:
        keys = OwnerKeys.fresh()
        release(project, particulars(project), sealing, tmp_path / "out", keys=keys)
        path = witness_of(keys, autosave.home())
        noted = remembered(path, keys)
        assert noted is not None
        assert noted.entries == len(read_entries(record()))
        trail, before = Trail(), record()
        shorter = b"".join(before.splitlines(keepends=True)[:2])
        (trail.folder / TRAIL_FILE).write_bytes(shorter)
        (trail.folder / HEAD_FILE).unlink()
        trail.append(Event.LOGOUT)
        assert not remember(path, keys, trail.snapshot()), "a memory that contradicts stays"
        assert remembered(path, keys) == noted
        assert remembered(witness_of(OwnerKeys.fresh(), autosave.home()), keys) is None
        for place in (0, 30, -1):
            changed = bytearray(path.read_bytes())
            changed[place] ^= 1
            other = path.with_suffix(".other")
            other.write_bytes(changed)
            with pytest.raises(TamperedError):
                remembered(other, keys)

    def test_whoever_makes_it_is_no_second_person(self, published: Project, tmp_path: Path) -> None:
        for name, actor in (("ALEX ", "alex"), ("iinsureu123", "alex")):
            with pytest.raises(PolicyError, match="Somebody else"):
                release(
                    published,
                    particulars(published),
                    NotSealed(),
                    tmp_path / "out",
                    trail=Trail(Actor(actor)),
                    second_person=name,
                    remembered=FIRST,
                )
        assert entries()[-2:] == events("EXPORTING", "FAILED")

    def test_where_people_have_roles_a_typed_name_is_not_enough(self, published: Project, tmp_path: Path) -> None:
        autosave.home().mkdir(parents=True)
        (autosave.home() / "access.toml").write_text('[people]\n"a@example.org" = "releaser"\n')
        words, out = particulars(published), tmp_path / "out"
        with pytest.raises(PolicyError, match="approval of a second person"):
            release(published, words, NotSealed(), out, trail=Trail(Actor("x")), second_person="Pat", remembered=FIRST)

    def test_releases_are_witnesses_of_the_record(self, project: Project, sealing: SealToKey) -> None:
        release(project, particulars(project), sealing, autosave.home() / "releases" / "one")
        anchors = list(anchors_in(autosave.home()))
        assert len(anchors) == 1
        head = (folder_of(autosave.home()) / HEAD_FILE).read_bytes()
        assert verify(record(), head, anchors=anchors).anchors == 1
        cut = b"".join(record().splitlines(keepends=True)[:1])
        assert not verify(cut, head, anchors=anchors).whole

    def test_no_raw_value_and_no_path_is_in_it(self, project: Project, sealing: SealToKey, tmp_path: Path) -> None:
        release(project, particulars(project), sealing, tmp_path / "out")
        said = record().decode()
        assert str(tmp_path) not in said
        assert "customers" not in said
        for name in ("surname", "postcode", "phone_number", "national_insurance_number"):
            column = project.table.column(project.recipe, name)
            assert not [value for value in column.values if len(value) > 4 and value in said]

    def test_a_gate_that_fails_is_noted(self, customers: Microdata, sealing: SealToKey, tmp_path: Path) -> None:
        bare = Project(customers)
        with pytest.raises(PolicyError):
            release(bare, particulars(bare), sealing, tmp_path / "out")
        assert entries() == events("BEGUN", "EXPORTING", "FAILED")
        assert read_entries(record())[-1].fields["kind"] == "PolicyError"

    def test_an_override_names_both_people_and_says_that_nobody_checked_them(
        self, project: Project, sealing: SealToKey, tmp_path: Path
    ) -> None:
        decided = Override("The study needs it.", "Alex", "Pat")
        release(project, particulars(project), sealing, tmp_path / "out", override=decided)
        fields = read_entries(record())[-1].fields
        assert (fields["second_person"], fields["second_authenticated"]) == ("Pat", False)

    @pytest.mark.parametrize("entry", [1, 2, 3])
    def test_on_a_full_disk_nothing_leaves(
        self, project: Project, sealing: SealToKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: int
    ) -> None:
        whole, calls = os.pwrite, 0

        def full(handle: int, content: bytes, place: int) -> int:
            nonlocal calls
            calls += 1
            if calls >= entry:
                raise OSError(errno.ENOSPC, "no space")
            return whole(handle, content, place)

        monkeypatch.setattr(os, "pwrite", full)
        with pytest.raises(OutputError, match="The disk is full"):
            release(project, particulars(project), sealing, tmp_path / "out")
        assert not (tmp_path / "out").exists()
        assert not [path for path in tmp_path.iterdir() if path.name != "home"]
        monkeypatch.undo()


class TestApproval:
    """Where an identity provider vouches for names, an open release needs a second one."""

    def test_without_it_nothing_is_published(self, published: Project, tmp_path: Path) -> None:
        with pytest.raises(PolicyError, match="approval of a second person"):
            publish(published, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_the_author_cannot_approve_and_somebody_else_can(self, published: Project, tmp_path: Path) -> None:
        key = ask(Trail(ALEX), published, "For the open data portal.")
        with pytest.raises(PolicyError, match="asked for this yourself"):
            approve(Trail(ALEX), key, "Fine.")
        with pytest.raises(PolicyError, match="asked for this yourself"):
            approve(Trail(replace(ALEX, name="Alex@Example.org")), key, "Fine.")
        with pytest.raises(PolicyError, match="a typed name proves nothing"):
            approve(Trail(Actor("pat@example.org")), key, "Fine.")
        with pytest.raises(InputError, match="Say why"):
            approve(Trail(PAT), key, "  ")
        approve(Trail(PAT), key, "Looked at the groups.")
        publish(published, tmp_path / "out")
        fields = read_entries(record())[-1].fields
        assert (fields["second_person"], fields["second_authenticated"]) == ("pat@example.org", True)
        assert fields["reason"] == "Looked at the groups."

    def test_any_change_voids_it(self, published: Project, tmp_path: Path) -> None:
        key = ask(Trail(ALEX), published)
        approve(Trail(PAT), key, "Fine.")
        published.change(published.recipe.changed(suppression=published.recipe.suppression / 2))
        assert release_key(published) != key
        with pytest.raises(PolicyError, match="nobody has approved this setting"):
            publish(published, tmp_path / "out")

    def test_another_table_is_another_release(self, published: Project, tmp_path: Path) -> None:
        key = ask(Trail(ALEX), published)
        other = tmp_path / "other.csv"
        lines = CUSTOMERS.read_text(encoding="utf-8").splitlines(keepends=True)
        other.write_text("".join(lines[:-1]), encoding="utf-8")
        assert release_key(Project(read(other), published.recipe)) != key

    def test_a_policy_made_laxer_is_another_release(self, published: Project) -> None:
        laxer = GOVERNMENT.model_copy(update={"hide_counts_up_to": 0})
        assert release_key(published, laxer) != release_key(published)

    def test_what_was_declined_is_not_approved_and_asking_again_begins_anew(
        self, published: Project, tmp_path: Path
    ) -> None:
        key = ask(Trail(ALEX), published)
        approve(Trail(PAT), key, "Fine.")
        decline(Trail(PAT), key, "On second thoughts.")
        with pytest.raises(PolicyError):
            publish(published, tmp_path / "out")
        approve(Trail(PAT), key, "Fine after all.")
        assert requests(Trail(ALEX))[0].answer is Event.APPROVED
        ask(Trail(ALEX), published)
        assert requests(Trail(ALEX))[0].answer is None

    def test_what_fails_cannot_be_asked_for(self, customers: Microdata) -> None:
        bare = Project(customers)
        bare.choose_policy(GOVERNMENT.name)
        with pytest.raises(PolicyError, match="Nobody can approve that"):
            ask(Trail(ALEX), bare)

    def test_a_request_shows_the_checklist_and_no_value(self, published: Project) -> None:
        ask(Trail(ALEX), published, "For the portal.")
        (asked,) = requests(Trail(PAT))
        assert (asked.author, asked.note) == ("alex@example.org", "For the portal.")
        assert any(name == "Smallest group" and met for name, met, _ in asked.checks)
        assert ("Hidden among", str(published.assess().k)) in {(label, value) for label, value, _ in asked.figures}
        said = "".join(path.read_text() for path in (autosave.home() / "approvals").iterdir())
        for name in ("surname", "postcode", "phone_number"):
            column = published.table.column(published.recipe, name)
            assert not [value for value in column.values if len(value) > 4 and value in said]

    def test_a_checklist_that_was_changed_is_not_shown(self, published: Project) -> None:
        key = ask(Trail(ALEX), published)
        path = autosave.home() / "approvals" / f"{key}.json"
        path.write_text(path.read_text().replace("true", "null", 1))
        assert requests(Trail(PAT)) == ()
        with pytest.raises(PolicyError, match="Nobody asks"):
            approve(Trail(PAT), key, "Fine.")

    def test_an_approval_that_was_typed_into_the_record_is_none(self, published: Project) -> None:
        key = ask(Trail(ALEX), published)
        log = folder_of(autosave.home()) / TRAIL_FILE
        forged = json.loads(log.read_bytes().splitlines()[-1])
        forged |= {"sequence": 3, "actor": PAT.name, "event": Event.APPROVED.value}
        forged["fields"] = {"approval": key, "author": ALEX.name, "reason": "Fine."}
        with log.open("ab") as file:
            file.write(json.dumps(forged, separators=(",", ":")).encode() + b"\n")
        assert requests(Trail(PAT))[0].answer is None


def unsealed(result: ReleaseResult, me: pyrage.x25519.Identity, tmp_path: Path) -> dict[str, bytes]:
    tar = tmp_path / "supporting.tar"
    tar.write_bytes(pyrage.decrypt((result.supporting / "supporting.tar.age").read_bytes(), [me]))
    with tarfile.open(tar) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive.getmembers() if member.isfile()}
