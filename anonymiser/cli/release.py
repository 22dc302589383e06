"""``release``: the package that leaves, and the private archive that stays."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from anonymiser.cli.inputs import load_recipe, load_table, passphrase_in, read_bytes
from anonymiser.cli.printing import print_line, print_unseen
from anonymiser.cli.recipients import answers_in, policy_named
from anonymiser.cli.vault import OpenedVault, opened_vault
from anonymiser.errors import InputError
from anonymiser.planning import check_fits
from anonymiser.presenting import material
from anonymiser.project import Project
from anonymiser.release.fingerprints import in_words
from anonymiser.release.package import ReleaseResult
from anonymiser.release.seal import NotSealed, Sealing, SealToKey, SealWithPassphrase
from anonymiser.releasing import FirstRelease, Particulars, draft, release

__all__ = ["release_command"]

Progress = Callable[[float, str], None]
_OWNER = "The owner of the data"
_CONTACT = "Whoever sent you this release"


@dataclass(frozen=True)
class _Words:
    """What the owner says of the release; None where she left it out."""

    release_id: str | None
    title: str | None
    purpose: str | None
    owner: str | None
    contact: str | None


def release_command(
    file: Annotated[Path, typer.Argument(help="The table: CSV, Excel, Parquet or JSON lines.")],
    *,
    recipe: Annotated[Path, typer.Option(help="A recipe or a project that Halftone saved.")],
    recipient: Annotated[str, typer.Option(help="The recipient, such as researchers or government.")],
    out: Annotated[Path, typer.Option(help="A folder that does not exist, or an empty one.")],
    to: Annotated[str | None, typer.Option(help="Seal to the recipient's age public key (age1…).")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="Seal under the passphrase in this file.")] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Do not seal: a release for anyone.")] = False,
    owner_to: Annotated[str | None, typer.Option(help="Seal the private archive to your own age key.")] = None,
    population: Annotated[Path | None, typer.Option(help="A table of the people that this one was drawn from.")] = None,
    release_id: Annotated[str | None, typer.Option(help="Letters, digits, - and _; a fresh one if left out.")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the data.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What the recipient may use it for.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who answers for the release.")] = None,
    contact: Annotated[str | None, typer.Option(help="How to reach the owner.")] = None,
    vault: Annotated[Path | None, typer.Option(help="Your vault: its key signs, and its ledger is compared.")] = None,
    vault_passphrase_file: Annotated[Path | None, typer.Option(help="The passphrase of the vault.")] = None,
    first_release: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who states that these people were in no earlier release; without --vault."),
    ] = None,
    approved_by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who else has looked at an open release; never you.")
    ] = None,
    answers: Annotated[Path | None, typer.Option(help="Answers about the recipient, as the page saves them.")] = None,
    decrypt_page: Annotated[
        bool, typer.Option(help="Add a page that opens a sealed release in a browser, with nothing to install.")
    ] = True,
    reidentification_table: Annotated[
        bool,
        typer.Option("--reidentification-table", help="Archive who is behind each pseudonym."),
    ] = False,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; otherwise the first.")] = None,
) -> int:
    """Make a release, if the policy lets it out.

    Exit code 1 if it does not. Writes release_<id>, which leaves, and supporting_material_<id>, which never does.
    """
    sealing = _sealing(to, passphrase_file, is_open=is_open)
    opened = opened_vault(vault, vault_passphrase_file)
    if opened is not None and first_release is not None:
        raise InputError("Give --vault or --first-release, not both: the vault knows the earlier releases.")
    if approved_by is not None and not (is_open and approved_by.strip()):
        raise InputError("--approved-by names who else has looked at an open release: it needs --open and a name.")
    stated = None if first_release is None else FirstRelease(first_release)
    project = _project(file, sheet, recipe)
    if population is not None:
        project.load_population(load_table(population))
    policy = policy_named(recipient, project.policies.values())
    if answers is not None:
        project.answers[policy.name] = answers_in(answers, policy)
    begun = replace(
        draft(project, datetime.now(tz=UTC).date(), policy),
        decrypt_page=decrypt_page,
        reidentification=reidentification_table,
    )
    particulars = _completed(begun, _Words(release_id, title, purpose, owner, contact))
    with _progress() as progress:
        result = release(
            project,
            particulars,
            sealing,
            out,
            keys=opened.keys if opened else None,
            owner=_owner(owner_to, opened),
            policy=policy,
            material=lambda project: material(project, particulars.created, particulars.title, policy=policy),
            remembered=opened.ledger if opened else stated,
            second_person=approved_by or "",
            progress=progress,
        )
    print_unseen(project.table.unseen(project.recipe))
    _tell(result, sealing)
    if is_open and approved_by is None:
        print_line("Nobody else is named who has looked at it. What is published cannot be taken back: --approved-by.")
    return 0


def _sealing(to: str | None, passphrase_file: Path | None, *, is_open: bool) -> Sealing:
    if (to is not None) + (passphrase_file is not None) + is_open != 1:
        raise InputError("Say how the release is sealed, in one way: --to age1…, --passphrase-file FILE or --open.")
    if to is not None:
        return SealToKey(to)
    return NotSealed() if passphrase_file is None else SealWithPassphrase(passphrase_in(passphrase_file))


def _owner(owner_to: str | None, opened: OpenedVault | None) -> SealToKey | SealWithPassphrase | None:
    """How the private archive is sealed: to a key, or under the vault's passphrase."""
    if owner_to is not None:
        return SealToKey(owner_to)
    return SealWithPassphrase(opened.passphrase) if opened else None


def _project(file: Path, sheet: str | None, recipe: Path) -> Project:
    chosen = load_recipe(recipe)
    microdata = load_table(file, sheet)
    check_fits(chosen, microdata)
    project = Project(microdata, chosen)
    project.load_json(read_bytes(recipe))  # a project brings the owner's own policies with it
    return project


def _completed(begun: Particulars, words: _Words) -> Particulars:
    return replace(
        begun,
        release_id=words.release_id or begun.release_id,
        title=words.title or begun.title,
        purpose=words.purpose or begun.purpose,
        owner=words.owner or begun.owner or _OWNER,
        contact=words.contact or begun.contact or _CONTACT,
    )


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on the error output where that is a terminal; nothing otherwise."""
    if not sys.stderr.isatty():
        yield lambda _fraction, _words: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Beginning", total=1.0)
        yield lambda fraction, words: bar.update(task, completed=fraction, description=words)


def _tell(result: ReleaseResult, sealing: Sealing) -> None:
    print_line(f"The release is in {result.release.name}. Send that folder and nothing else.")
    print_line(f"Its key has the fingerprint {result.fingerprint}. Tell the recipient by another way.")
    print_line(f"The fingerprint in words: {in_words(result.fingerprint)}.")
    if isinstance(sealing, SealWithPassphrase):
        print_line("Tell the passphrase by another way, too: never in the message that the release travels with.")
    if result.budget is not None:
        spent, total = result.budget
        print_line(f"Privacy budget: ε = {spent:g} in this release, ε = {total:g} in all releases of the same people.")
    print_line(f"The private archive is in {result.supporting.name}. It never leaves.")
    if result.owner_passphrase is not None:
        print_line(f"It opens with these words, which stand nowhere else: {result.owner_passphrase}")
