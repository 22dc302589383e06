"""From a project to a release: the gate, the words, the search for raw values; what page and command line share.

The gate is that of the recipient's policy. A point that fails stops the release, unless the policy lets it be
overridden, with a reason and a second person's name; for an open release nothing can be overridden.
"""

from __future__ import annotations

import json
import re
import secrets
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from anonymiser import story
from anonymiser.assessment import Assessment
from anonymiser.attributes import Role
from anonymiser.errors import InputError, PolicyError
from anonymiser.gate import Check, checks
from anonymiser.microdata import Column
from anonymiser.planning import requirements_in_force
from anonymiser.policy import Policy
from anonymiser.privacy import DistinctDiversity
from anonymiser.project import Project
from anonymiser.recipe import AttributePlan, Recipe, Treatment
from anonymiser.release.facts import (
    CC_BY_4,
    DiversityRequirement,
    Licence,
    ReleaseFacts,
    ReleaseForm,
    ReportedMeasure,
    SmallNumberRule,
)
from anonymiser.release.files import plain_words
from anonymiser.release.keys import OwnerKeys
from anonymiser.release.leaks import RawColumn, RawKind
from anonymiser.release.package import ReleaseResult, make_release
from anonymiser.release.pseudonyms import PseudonymRequest
from anonymiser.release.seal import NotSealed, Sealing, SealToKey, SealWithPassphrase
from anonymiser.transform.released import ReleasedTable

__all__ = [
    "Override",
    "Particulars",
    "ReleaseResult",
    "bundle",
    "draft",
    "facts_of",
    "must_not_leave",
    "pseudonym_requests",
    "release",
    "stopped_by",
]

PSEUDONYM_SUFFIX: Final = "_pseudonym"
_OPEN_HIDES: Final = "CMS: no table cell of 1 to 10 (ResDAC article 1506); rounding to 5: NHS Digital, OpenSAFELY"
_TERMS: Final = (
    "Use the data for the purpose above and for nothing else.",
    "Do not try to find out who a row belongs to, and do not join the rows with other data about people.",
    "Do not pass the data on. Keep it on an encrypted disk, where only the people named in the agreement can reach it.",
    "If you recognise somebody, or if the data is lost or seen by others, say so at once.",
    "Delete the data when the agreement ends, and confirm it in writing.",
)
_OPEN_TERMS: Final = ("Do not try to find out who the people are, and do not join the data with other data to do so.",)


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What the owner says about one release; everything else follows from the project.

    Attributes
    ----------
    release_id : str
        Letters, digits, ``-`` and ``_``. Pseudonyms and row order depend on it: never use one twice.
    title, purpose : str
    owner, contact : str
        Who answers for the release, and how to reach them.
    recipient : str
    terms : tuple of str
    created : datetime.date
    licence : Licence
        For an open release.
    """

    release_id: str
    title: str
    purpose: str
    owner: str
    contact: str
    recipient: str
    created: date
    terms: tuple[str, ...] = ()
    licence: Licence = CC_BY_4


@dataclass(frozen=True)
class Override:
    """A decision to release although a point of the policy fails.

    Attributes
    ----------
    reason : str
    decided_by : str
    second_person : str
        Someone else, who agrees.
    """

    reason: str
    decided_by: str
    second_person: str


def _silent(_fraction: float, _words: str) -> None:
    """Tell nobody."""


def draft(project: Project, created: date, policy: Policy | None = None) -> Particulars:
    """Particulars to begin with: a fresh id and the usual words; the owner fills in who she is.

    Parameters
    ----------
    project : Project
    created : datetime.date
        The day of the release.
    policy : Policy, optional
        The project's own where it is left out.
    """
    chosen = policy or project.policy
    stem = Path(project.microdata.name).stem
    words = re.sub(r"[\W_]+", " ", stem).strip() or "Records"
    purpose = "For anyone to use." if chosen.is_open else "The study that the data sharing agreement describes."
    return Particulars(
        release_id=f"{created.isoformat()}-{secrets.token_hex(3)}",
        title=words[:1].upper() + words[1:],
        purpose=purpose,
        owner="",
        contact="",
        recipient=chosen.recipient or chosen.name,
        created=created,
        terms=_OPEN_TERMS if chosen.is_open else _TERMS,
    )


def stopped_by(found: Sequence[Check], policy: Policy, override: Override | None = None) -> tuple[Check, ...]:
    """The failing points that still stop a release.

    Parameters
    ----------
    found : sequence of Check
    policy : Policy
    override : Override, optional
        Lets those points through that the policy lets be overridden.
    """
    failing = tuple(check for check in found if check.met is False)
    if override is None or not policy.may_override or policy.is_open:
        return failing
    return tuple(check for check in failing if not check.may_override)


def release(
    project: Project,
    particulars: Particulars,
    sealing: Sealing,
    out: Path,
    *,
    keys: OwnerKeys | None = None,
    owner: SealToKey | SealWithPassphrase | None = None,
    override: Override | None = None,
    policy: Policy | None = None,
    progress: Callable[[float, str], None] = _silent,
) -> ReleaseResult:
    """Make the release of a project's current recipe, if its policy lets it out.

    Parameters
    ----------
    project : Project
    particulars : Particulars
        From :func:`draft`, completed.
    sealing : SealToKey, SealWithPassphrase or NotSealed
        NotSealed for an open release, and only for one.
    out : Path
        A folder that does not exist, or an empty one.
    keys : OwnerKeys, optional
        From the owner's vault; without them fresh ones are made, and the private archive keeps them.
    owner : SealToKey or SealWithPassphrase, optional
        How the private archive is sealed; otherwise under six words that only the result has.
    override : Override, optional
    policy : Policy, optional
        The project's own where it is left out.
    progress : callable
        Told the fraction that is done, from 0 to 1, and what is under way.

    Raises
    ------
    PolicyError
        A point of the policy fails, or the written files break a promise; nothing was written.
    InputError
        Particulars are missing, or the table cannot be released like this; nothing was written.
    SealError
        The recipient's key is none, or a passphrase is empty; nothing was written.
    OutputError
        ``out`` is not empty, or cannot be written; nothing is left behind.
    """
    chosen = policy or project.policy
    progress(0.0, "Checking the policy")
    found = checks(project.recipe, project.assess(), chosen)
    _pass_gate(found, chosen, override)
    decisions = _decisions(project, chosen, found, sealing, override)
    table = project.released()
    facts = facts_of(project, particulars, chosen, table, decisions)
    return make_release(
        table,
        facts,
        sealing,
        out,
        raw=must_not_leave(project),
        keys=keys,
        owner=owner,
        pseudonyms=pseudonym_requests(project),
        progress=progress,
    )


def facts_of(
    project: Project, particulars: Particulars, policy: Policy, table: ReleasedTable, decisions_json: str = "{}"
) -> ReleaseFacts:
    """Everything about a release that is not in its table.

    What is promised is what the policy asks; where an override lets less through, what is reached.

    Raises
    ------
    InputError
        Owner, contact, title, purpose or recipient is empty, or the release's id cannot be used.
    """
    _complete(particulars)
    recipe, assessment = project.recipe, project.assess()
    found = checks(recipe, assessment, policy)
    return ReleaseFacts(
        release_id=particulars.release_id,
        title=particulars.title.strip(),
        created=particulars.created,
        owner=particulars.owner.strip(),
        contact=particulars.contact.strip(),
        recipient=particulars.recipient.strip(),
        purpose=particulars.purpose.strip(),
        model=policy.model.value,
        open_release=policy.is_open,
        terms=tuple(term.strip() for term in particulars.terms if term.strip()),
        licence=particulars.licence,
        k_target=max(1, min(int(policy.k.value), assessment.k)),
        qi_names=tuple(column.name for column in table.columns if column.role is Role.QUASI),
        sensitive=_promised(recipe, assessment, policy),
        checked=tuple(f"{check.name}: {check.sentence}" for check in found if check.met is True),
        unchecked=tuple(check.sentence for check in found if check.met is None),
        measures=_measures(assessment),
        claims=story.CLAIMS,
        form=ReleaseForm[recipe.form.name],
        sample_fraction=recipe.sample_fraction,
        small_numbers=_small_numbers(policy),
        recipe_json=recipe.to_json(),
        decisions_json=decisions_json,
        input_fingerprint=project.microdata.fingerprint,
        input_rows=project.microdata.rows,
    )


def must_not_leave(project: Project) -> Iterator[RawColumn]:
    """Raw values to search for: direct identifiers, and each blurred or dropped column at every finer level."""
    recipe = project.recipe
    for plan in recipe.attributes:
        if plan.role is Role.DIRECT:
            yield RawColumn(project.table.column(recipe, plan.name), RawKind.DIRECT)
            continue
        stop = plan.level if plan.leaves else plan.top
        for level in range(stop):
            yield RawColumn(_at_level(project, plan, level), RawKind.FINER)


def pseudonym_requests(project: Project) -> tuple[PseudonymRequest, ...]:
    """The columns for which the recipe wants a keyed pseudonym."""
    return tuple(
        PseudonymRequest(plan.name + PSEUDONYM_SUFFIX, project.table.column(project.recipe, plan.name), plan.concept)
        for plan in project.recipe.attributes
        if plan.treatment is Treatment.PSEUDONYM
    )


def bundle(folder: Path) -> Path:
    """One ``.zip`` of a finished folder, beside it, for a download; an earlier one is replaced.

    What is in the folder is sealed already or open on purpose, so nothing is compressed or encrypted again.

    Raises
    ------
    OutputError
        It cannot be written; nothing is left behind.
    """
    path = folder.with_suffix(".zip")
    part = path.with_suffix(".part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    _store(archive, file, file.relative_to(folder.parent).as_posix())
        part.chmod(0o600)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise plain_words(error, "packing the download") from error
    return path


def _store(archive: zipfile.ZipFile, file: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name)  # of 1980: no time of this machine
    entry.external_attr = 0o644 << 16
    entry.file_size = file.stat().st_size
    with file.open("rb") as source, archive.open(entry, "w") as target:
        while block := source.read(1 << 20):
            target.write(block)


# --- the gate ---


def _pass_gate(found: Sequence[Check], policy: Policy, override: Override | None) -> None:
    failing = stopped_by(found, policy)
    if not failing:
        return
    if override is not None:
        _check_override(override, policy)
    stopping = stopped_by(found, policy, override)
    if stopping:
        told = " ".join(f"{check.name}: {check.sentence}" for check in stopping)
        raise PolicyError(f"The release was not made, because a requirement of the policy fails. {told}")


def _check_override(override: Override, policy: Policy) -> None:
    if policy.is_open or not policy.may_override:
        raise PolicyError("This policy cannot be overridden: once it is published, nobody can take it back.")
    if not override.reason.strip():
        raise PolicyError("An override needs a reason: why may it leave although a requirement fails?")
    names = {override.decided_by.strip().casefold(), override.second_person.strip().casefold()}
    if "" in names or len(names) == 1:
        raise PolicyError("An override needs two people: who decides, and somebody else who agrees.")


def _complete(particulars: Particulars) -> None:
    wanted = {
        "a title": particulars.title,
        "a purpose": particulars.purpose,
        "the owner": particulars.owner,
        "a contact": particulars.contact,
        "the recipient": particulars.recipient,
    }
    empty = [name for name, text in wanted.items() if not text.strip()]
    if empty:
        raise InputError(f"Still missing for the release: {story.listing(empty)}. The recipient needs them.")


# --- what is said ---


def _promised(recipe: Recipe, assessment: Assessment, policy: Policy) -> tuple[DiversityRequirement, ...]:
    if policy.distinct_l is None or recipe.form.name == ReleaseForm.TABLES.name:
        return ()
    wanted = int(policy.distinct_l.value)
    in_force = {model.attribute for model in requirements_in_force(recipe) if isinstance(model, DistinctDiversity)}
    promised = []
    for result in assessment.requirements:
        name = result.model.attribute
        if name in in_force and isinstance(result.model, DistinctDiversity):
            reached = int(result.reached or 0)
            if reached:
                promised.append(DiversityRequirement(str(name), min(wanted, reached)))
    return tuple(promised)


def _measures(assessment: Assessment) -> tuple[ReportedMeasure, ...]:
    return (
        ReportedMeasure("k", f"{assessment.k:,}", "The smallest group of people whose rows look alike."),
        ReportedMeasure("groups", f"{assessment.classes:,}", "Groups of rows that look alike."),
        ReportedMeasure("records kept", f"{assessment.kept:,}", "Records of the input that were not deleted."),
        ReportedMeasure(
            "records deleted", f"{assessment.suppressed:,}", "Records whose group did not meet the requirements."
        ),
        ReportedMeasure(
            "Loss", f"{assessment.loss:.3f}", "Detail lost, as ARX measures it: 0 is none, 1 is everything."
        ),
        ReportedMeasure(
            "average group size",
            f"{assessment.average_class_size:.1f}",
            "Records of the input by groups; deleted records count as one group.",
        ),
    )


def _small_numbers(policy: Policy) -> SmallNumberRule:
    if policy.is_open:
        return SmallNumberRule(hide_up_to=policy.hide_counts_up_to, source=_OPEN_HIDES)
    return SmallNumberRule(hide_up_to=policy.hide_counts_up_to)


def _decisions(
    project: Project, policy: Policy, found: Sequence[Check], sealing: Sealing, override: Override | None
) -> str:
    """What was decided and why, for the private archive; no value of the data."""
    reasons = {suggestion.name: list(suggestion.reasons) for suggestion in project.suggestions}
    columns = [_column_decision(plan, policy, reasons.get(plan.name, [])) for plan in project.recipe.attributes]
    document = {
        "policy": policy.model_dump(mode="json"),
        "columns": columns,
        "checks": [{"name": c.name, "met": c.met, "found": c.sentence, "source": c.source} for c in found],
        "override": None if override is None else vars(override),
        "seal": _seal_in_words(sealing),
        "scenarios": [{"name": s.name, "note": s.note} for s in project.scenarios],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _column_decision(plan: AttributePlan, policy: Policy, reasons: list[str]) -> dict[str, object]:
    rule = policy.rule(plan.concept)
    return {
        "column": plan.name,
        "role": plan.role.value,
        "about": plan.concept.value,
        "treatment": plan.treatment.value,
        "level": plan.level_name if plan.leaves else "does not leave",
        "why this role": reasons,
        "what the policy says": rule.reason if rule else "",
    }


def _seal_in_words(sealing: Sealing) -> str:
    if isinstance(sealing, NotSealed):
        return "not sealed: an open release"
    return "to the recipient's public key" if isinstance(sealing, SealToKey) else "under a passphrase"


# --- raw values ---


def _at_level(project: Project, plan: AttributePlan, level: int) -> Column:
    """A column at one level of its hierarchy, as if it were the source."""
    if level == 0:
        return project.table.column(project.recipe, plan.name)
    labels, codes, missing = project.table.labels_at(project.recipe, plan.model_copy(update={"level": level}))
    return Column(plan.name, labels if missing is None else labels[:-1], codes)
