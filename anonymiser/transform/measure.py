"""Every measure of a draft, from its labels alone: by code that did not make it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymiser.assessment import Assessment, assess, limit_in_records
from anonymiser.engine.frequency import FrequencySet, SensitiveCodes, build_members
from anonymiser.hierarchies.base import Hierarchy, hidden
from anonymiser.microdata import smallest_dtype
from anonymiser.privacy import KAnonymity, PrivacyModel, against
from anonymiser.transform.base import Draft, DraftColumn
from anonymiser.transform.losses import ColumnLoss, ambiguous_cells, loss_by_attribute, loss_of_columns, scaled
from anonymiser.transform.start import Start
from anonymiser.utility.quality import Quality

__all__ = ["DraftAssessment", "assess_draft", "classes_of", "failing_rows", "sensitive_codes"]


@dataclass(frozen=True)
class DraftAssessment(Assessment):
    """What a draft would release.

    Attributes
    ----------
    no_k : str
        Why k has no meaning, in a sentence; then ``k`` is at most 1 and a requirement of more counts as not met.
    """

    no_k: str = ""


def classes_of(draft: Draft, *, histograms: bool = True) -> tuple[FrequencySet, npt.NDArray[np.int32]]:
    """Classes of the records whose quasi-identifiers read the same, with the class of each record.

    Each label counts as a value of its own, whatever it came from: that is what a recipient sees. Where sensitive
    values stand in a table apart, its groups are the classes.
    """
    columns = (draft.columns[-1],) if draft.apart else draft.visible_qis
    flat, codes = [], []
    for column in columns:
        hierarchy, code = _flat(column)
        flat.append(hierarchy)
        codes.append(code)
    if not columns:  # everything is hidden: one class
        flat = [Hierarchy.from_groups("", ("*",), (hidden(1),), ("exact", "hidden"), missing=False)]
        codes = [np.zeros(draft.rows, dtype=np.uint8)]
    return build_members(flat, codes, sensitive_codes(draft), histograms=histograms)


def failing_rows(draft: Draft, requirements: Sequence[PrivacyModel]) -> npt.NDArray[np.bool_]:
    """Which records are in a class that breaks a requirement: (rows,) bool array."""
    classes, class_of = classes_of(draft, histograms=any(model.needs_histogram for model in requirements))
    passing = np.ones(classes.classes, dtype=np.bool_)
    for model in against(requirements, None):
        passing &= model.passes(classes)
    failing: npt.NDArray[np.bool_] = ~passing[class_of]
    return failing


def assess_draft(
    draft: Draft,
    start: Start,
    requirements: Sequence[PrivacyModel],
    suppression: float,
    *,
    target_k: int | None = None,
) -> DraftAssessment:
    """As `assess`, of a draft.

    Classes, k, l, t and risks are counted from the labels. Loss, NCP and entropy are charged by label and record.
    Divergence and the distance of the marginals are not known: labels may overlap.

    Parameters
    ----------
    draft : Draft
    start : Start
        Where its methods began.
    requirements : sequence of PrivacyModel
    suppression : float
        Share of the records that may be suppressed, all or nothing.
    target_k : int, optional
    """
    classes, _ = classes_of(draft)
    found = assess(classes, requirements, suppression, target_k=target_k)
    nobody = np.zeros(draft.rows, dtype=np.bool_)
    failing = failing_rows(draft, requirements) if found.failing else nobody
    gone = failing if found.suppressed else nobody
    columns = loss_of_columns(draft, start, gone)
    everything = vars(found) | _figures(columns) | _quality(draft, start, found, columns, gone)
    everything["loss_if_suppressed"] = _geometric(loss_by_attribute(draft, failing))
    if draft.no_k:
        wanted = max((m.k for m in requirements if isinstance(m, KAnonymity)), default=1)
        everything |= {"met": found.met and wanted <= 1, "k": min(found.k, 1), "no_k": draft.no_k}
    everything["limit"] = limit_in_records(suppression, found.rows)
    everything["node"] = tuple(column.at for column in start.draft.qis)
    everything["height"] = sum(everything["node"])
    return DraftAssessment(**everything)


def _figures(columns: Sequence[ColumnLoss]) -> dict[str, Any]:
    """Over all quasi-identifiers."""
    number = max(len(columns), 1)
    steps = sum(c.steps for c in columns) / number
    return {
        "loss": _geometric([c.loss for c in columns]),
        "loss_am": sum(c.loss for c in columns) / number,
        "loss_by_attribute": tuple(c.loss for c in columns),
        "precision": steps,
        "precision_mono": steps,
        "gcp": sum(c.penalty for c in columns) / number,
        "ncp_by_attribute": tuple(c.penalty for c in columns),
        "entropy": sum(c.bits for c in columns),
        "entropy_mono": sum(c.bits_kept for c in columns),
        "nentropy": sum(c.bits / c.most_bits for c in columns if c.most_bits > 0),
        "kl_divergence": None,
        "marginal_distance": math.nan,
    }


def _quality(
    draft: Draft, start: Start, found: Assessment, columns: Sequence[ColumnLoss], gone: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    """Quality from 0 (everything removed) to 1 (as it was), and the cells that a row may stand for."""
    n, sizes, ones = max(draft.rows, 1), [max(c.size, 1) for c in draft.qis], [1.0] * len(columns)
    least = [1.0 / size for size in sizes]
    shares = [c.share for c in columns]
    cells, finest = ambiguous_cells(draft, gone), start.finest
    whole = draft.rows == draft.input_rows  # of a sample, the input's classes say nothing
    classes = finest.classes if finest and whole else None
    squares = finest.sum_squares if finest and whole else None
    return {
        "ambiguity": cells,
        "quality": Quality(
            granularity=tuple(1.0 - c.loss for c in columns),
            granularity_am=scaled(shares, least, ones),
            granularity_gm=scaled([_geometric(shares)], [_geometric(least)], [_geometric(ones)]),
            gen_intensity=tuple(1.0 - c.steps for c in columns),
            gen_intensity_am=scaled([c.steps for c in columns], [0.0] * len(columns), ones),
            nu_entropy=tuple(scaled([c.bits], [0.0], [c.most_bits]) for c in columns),
            nu_entropy_am=scaled([c.bits for c in columns], [0.0], [c.most_bits for c in columns]),
            q_aecs=None if classes is None else scaled([found.mean_kept_class or n], [n / max(classes, 1)], [n]),
            q_dm=None if squares is None else scaled([found.discernibility], [squares], [n * n]),
            q_ambiguity=scaled([cells], [n], [n * math.prod(sizes)]),
        ),
    }


def _geometric(values: Sequence[float]) -> float:
    return math.prod(value + 1.0 for value in values) ** (1.0 / len(values)) - 1.0 if values else 0.0


def sensitive_codes(draft: Draft) -> tuple[SensitiveCodes, ...]:
    """The sensitive columns, and who each record is of, as the engine counts them."""
    found = tuple(_sensitive(c) for c in draft.sensitive)
    if draft.people is None:
        return found
    return (replace(draft.people, codes=draft.people.codes[draft.source_rows]), *found)


def _flat(column: DraftColumn) -> tuple[Hierarchy, npt.NDArray[np.unsignedinteger]]:
    """Every text a leaf of its own, in the order of its codes; the last is a missing value."""
    texts = tuple(dict.fromkeys(column.labels))
    codes = column.codes
    if len(texts) < len(column.labels):  # one text under two parents reads the same in a file
        place = {text: i for i, text in enumerate(texts)}
        to = np.array([*(place[label] for label in column.labels), len(texts)], dtype=smallest_dtype(len(texts)))
        codes = to[codes]
    names = ("exact", "hidden")
    return Hierarchy.from_groups(column.name, texts, (hidden(len(texts)),), names, missing=True), codes


def _sensitive(column: DraftColumn) -> SensitiveCodes:
    """A sensitive column; its own hierarchy serves distances as long as its labels are the hierarchy's."""
    hierarchy = column.hierarchy
    if hierarchy is not None:
        labels = hierarchy.labels[column.at]
        missing = len(column.labels) if len(labels) > len(column.labels) else None
        order = None if column.order is None else column.order[: len(labels)]
        return SensitiveCodes(column.name, column.codes, len(labels), missing, hierarchy, column.at, order)
    return SensitiveCodes(column.name, column.codes, len(column.labels) + 1, column.missing, order=column.order)
