"""Make a release: everything that leaves, and the private archive, in one step that happens whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from importlib import resources
from pathlib import Path

from anonymiser.audit import HEAD_FILE, TRAIL_FILE, Witness
from anonymiser.checking import Review
from anonymiser.release.cells import with_safe_names
from anonymiser.release.contents import Commission, Forbidden, Progress, fill, search
from anonymiser.release.documents import transformations
from anonymiser.release.facts import ReleaseFacts
from anonymiser.release.files import staging, write_whole
from anonymiser.release.gate import check_gate
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.leaks import RawColumn
from anonymiser.release.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, hash_of, signed_manifest
from anonymiser.release.payload import HASHES, Payload
from anonymiser.release.pseudonyms import PseudonymRequest
from anonymiser.release.readme_first import HowSealed, readme_first
from anonymiser.release.reidentification import REIDENTIFICATION, reidentification_table
from anonymiser.release.seal import NotSealed, Seal, Sealing, SealToKey, SealWithPassphrase, prepare, seal_stream
from anonymiser.release.streams import tar_stream
from anonymiser.release.supporting import add_supporting, write_supporting
from anonymiser.release.verify import Proof
from anonymiser.transform.released import ReleasedTable

__all__ = ["DECRYPT_PAGE", "IDENTITY", "PAYLOAD", "ReleaseResult", "decrypt_page", "make_release"]

PAYLOAD = "payload.tar.age"
IDENTITY = "identity.age"
DECRYPT_PAGE = "decrypt.html"


@dataclass(frozen=True)
class ReleaseResult:
    """What was made, and what has to be told by another way.

    Attributes
    ----------
    release, supporting : Path
        The folder that leaves and the one that never does.
    fingerprint : str
        Of the public key, to read over the telephone.
    manifest_sha256 : str
    proof : Proof
        What was counted again in the written file.
    left_out : int
        Records of a sample that were left out because their group became too small in it.
    passphrase : str or None
        For the recipient. It stands nowhere else.
    owner_passphrase : str or None
        For the owner's private archive. It stands nowhere else.
    review : Review
        What the output check looked at.
    budget : tuple of (float, float) or None
        Privacy budget of this release, and of all releases of the same people together.
    """

    release: Path
    supporting: Path
    fingerprint: str
    manifest_sha256: str
    proof: Proof
    left_out: int
    passphrase: str | None = field(repr=False)
    owner_passphrase: str | None = field(repr=False)
    review: Review = field(default_factory=Review)
    budget: tuple[float, float] | None = None


def _silent(_fraction: float, _words: str) -> None:
    """Tell nobody."""


def make_release(
    table: ReleasedTable,
    facts: ReleaseFacts,
    sealing: Sealing,
    out: Path,
    *,
    raw: Iterable[RawColumn],
    keys: OwnerKeys | None = None,
    fresh: OwnerKeys | None = None,
    owner: SealToKey | SealWithPassphrase | None = None,
    pseudonyms: Sequence[PseudonymRequest] = (),
    witness: Witness | None = None,
    more: Mapping[str, bytes] | None = None,
    progress: Progress = _silent,
    commit: AbstractContextManager[object] | None = None,
) -> ReleaseResult:
    """Write ``out/release_<id>/`` and ``out/supporting_material_<id>/``, or nothing.

    Parameters
    ----------
    table : ReleasedTable
    facts : ReleaseFacts
    sealing : SealToKey, SealWithPassphrase or NotSealed
        NotSealed for an open release, and only for one.
    out : Path
        A folder that does not exist, or an empty one.
    raw : iterable of RawColumn
        What must not be found in anything that leaves: direct identifiers, and quasi-identifiers at each level below
        the released one.
    keys : OwnerKeys, optional
        From the owner's vault. Without them fresh ones are made, and the private archive keeps them.
    fresh : OwnerKeys, optional
        Those to take where ``keys`` is left out, because the table was already drawn from them.
    owner : SealToKey or SealWithPassphrase, optional
        How the private archive is sealed; otherwise under six words that only the result has.
    pseudonyms : sequence of PseudonymRequest
    witness : Witness, optional
        The owner's record, which goes into the archive; its number and hash go into the manifest.
    more : mapping of str to bytes, optional
        What goes into the private archive besides: slides, report and notebook.
    progress : callable
        Told the fraction that is done and what is under way.
    commit : context manager, optional
        What has to happen together with the release, or not at all; see :func:`anonymiser.release.files.staging`.

    Raises
    ------
    PolicyError
        The release would break a promise; nothing was written.
    InputError
        The table, the facts or an identifier cannot be used; nothing was written.
    SealError
        The recipient's key is none, or a passphrase is empty; nothing was written.
    OutputError
        ``out`` is not empty, or cannot be written; nothing is left behind.
    """
    check_gate(table, facts, sealing, pseudonyms)
    facts = with_safe_names(facts)
    seal = None if isinstance(sealing, NotSealed) else prepare(sealing, facts.created)
    with staging(out, "writing the release", commit) as stage:
        used = keys or fresh or OwnerKeys.fresh()
        key = used.for_release(facts.release_id, facts.recipient)
        readme = readme_first(facts, used.fingerprint, _how(sealing))
        with Payload(stage) as payload:
            contents = fill(payload, Commission(table, facts, key, pseudonyms, progress))
            progress(0.65, "Searching for anything that must not leave")
            checked = search(payload, contents, facts, Forbidden(raw, used.secrets(key)), readme)
            folder = stage / f"release_{facts.release_id}"
            manifest = _write_release(folder, payload, facts, _Envelope(used, seal, readme, witness), progress)
        progress(0.95, "Sealing the private archive")
        archive = prepare(owner or SealWithPassphrase(), facts.created)
        with Payload(stage) as files:
            words = transformations(contents.table, facts, contents.left_out)
            add_supporting(files, facts, words, (None if keys else used, key), archive, more=more)
            if facts.reidentification:
                files.add(REIDENTIFICATION, reidentification_table(pseudonyms, table.source_rows, key))
            if witness is not None:
                files.add(TRAIL_FILE, witness.snapshot.lines)
                files.add(HEAD_FILE, witness.snapshot.statement)
            write_supporting(files, facts, stage / f"supporting_material_{facts.release_id}", archive, _midnight(facts))
        if witness is not None:
            witness.written(manifest)
    progress(1.0, "Done")
    return ReleaseResult(
        release=out / f"release_{facts.release_id}",
        supporting=out / f"supporting_material_{facts.release_id}",
        fingerprint=used.fingerprint,
        manifest_sha256=manifest,
        proof=contents.proof,
        left_out=contents.left_out,
        passphrase=seal.passphrase if seal else None,
        owner_passphrase=archive.passphrase,
        review=checked,
        budget=None if facts.budget is None else (facts.budget.epsilon, facts.budget.epsilon + facts.budget_before),
    )


@dataclass(frozen=True, eq=False)
class _Envelope:
    """What goes around the payload."""

    keys: OwnerKeys
    seal: Seal | None
    readme: Mapping[str, str]
    witness: Witness | None = None


def _write_release(folder: Path, payload: Payload, facts: ReleaseFacts, envelope: _Envelope, progress: Progress) -> str:
    """Write everything that leaves; returns the manifest's SHA-256."""
    folder.mkdir(mode=0o755)
    for name, text in envelope.readme.items():
        write_whole(folder / name, text.encode())
    write_whole(folder / PUBLIC_KEY, envelope.keys.public_pem)
    files: dict[str, tuple[int, str]] = {}
    seal = envelope.seal
    if seal is None:
        payload.add(HASHES, payload.hashes(facts.release_id))
        _write_open(folder, payload)
    else:
        total = sum(payload.size(name) for name in payload.names) or 1
        sealed = seal_stream(
            tar_stream(payload, _midnight(facts), facts.release_id),
            folder / PAYLOAD,
            seal.recipient,
            lambda done: progress(0.7 + 0.25 * min(1.0, done / total), "Sealing"),
        )
        files[PAYLOAD] = (sealed.bytes, sealed.sha256)
        if seal.identity_file is not None:
            write_whole(folder / IDENTITY, seal.identity_file)
        if facts.decrypt_page:
            write_whole(folder / DECRYPT_PAGE, decrypt_page())
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in files:
            files[name] = hash_of(path)
    record = _record(envelope.witness)
    listed, signature = signed_manifest(facts.release_id, facts.created, files, envelope.keys, record)
    write_whole(folder / MANIFEST, listed)
    write_whole(folder / SIGNATURE, signature)
    return hash_of(folder / MANIFEST)[1]


def _write_open(folder: Path, payload: Payload) -> None:
    for name in payload.names:
        path = folder / name
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        payload.copy(name, path)


def decrypt_page() -> bytes:
    """The page that opens a sealed release in a browser; ``tools/decrypt_page`` builds it."""
    return (resources.files("anonymiser.release") / "data" / DECRYPT_PAGE).read_bytes()


def _how(sealing: Sealing) -> HowSealed:
    if isinstance(sealing, NotSealed):
        return HowSealed.OPEN
    return HowSealed.KEY if isinstance(sealing, SealToKey) else HowSealed.PASSPHRASE


def _record(witness: Witness | None) -> tuple[int, str] | None:
    return None if witness is None else (witness.snapshot.head.entries, witness.snapshot.head.head)


def _midnight(facts: ReleaseFacts) -> int:
    return int(datetime.combine(facts.created, time(), UTC).timestamp())
