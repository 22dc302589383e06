"""Clustering: groups of at least k people who are alike in all quasi-identifiers together."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from anonymiser.methods.base import MethodParameters, Scope

__all__ = ["FuzzyClustering", "KMember", "WeightedKMember"]


def _pairs(given: Any) -> Any:
    """Also ``age=2``, as the command line gives a weight."""
    if not isinstance(given, list | tuple):
        return given
    parted = [text.rpartition("=") if isinstance(text, str) else text for text in given]
    return tuple((one[0], one[2]) if isinstance(text, str) else one for one, text in zip(parted, given, strict=True))


Weights = Annotated[tuple[tuple[str, float], ...], BeforeValidator(_pairs)]
_SHARED = (
    "What a whole group has in common (require l or t beside k); groups may overlap, so that a query counts a person "
    "in or out only roughly."
)


class KMember(MethodParameters):
    """Greedy k-member clustering, and afterwards rounds in which neighbouring groups are divided anew.

    Attributes
    ----------
    rounds : int
        Of improvement after the groups are made; from 0 to 50.
    attribute_weights : tuple of (column, weight)
        How much a column counts beside the others, whose weight is 1; from 0 to 100.

    References
    ----------
    Byun, Kamra, Bertino, Li (2007), Efficient k-anonymization using clustering techniques.
    """

    title: ClassVar[str] = "k-member clustering"
    scope: ClassVar[Scope] = Scope.GROUPING
    random: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Groups of k people are built one after the other, each time taking whoever widens the group least; "
        "neighbouring groups are then divided anew wherever less is lost that way."
    )
    when: ClassVar[str] = "Up to some 100,000 records whose detail matters most: of these methods it loses least."
    not_protected: ClassVar[str] = _SHARED

    method: Literal["k_member"] = "k_member"
    rounds: int = Field(default=10, ge=0, le=50)
    attribute_weights: Weights = ()

    @model_validator(mode="after")
    def _fair_weights(self) -> Self:
        _check(self.attribute_weights)
        return self

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        weights = _in_words(self.attribute_weights)
        return f"{self.title}, at most {self.rounds} rounds of improvement{weights}. {self.about}"


class WeightedKMember(MethodParameters):
    """k-member clustering in which some records count more: their groups are made first, and closest.

    Attributes
    ----------
    weigh : str
        ``typical``: records count the less, the further they lie from all others, so that outliers do not widen the
        groups of everybody else. ``values``: records with one of ``values`` in ``column`` count ``factor`` times.
    column : str
        A sensitive column that leaves; empty with ``typical``.
    values : tuple of str
        As they would be released.
    factor : float
        From 1 to 100.
    rounds, attribute_weights
        As in `KMember`.

    References
    ----------
    Yan, Herman, Mahmood, Feng, Xie (2021), A weighted k-member clustering algorithm for k-anonymization.
    """

    title: ClassVar[str] = "Weighted k-member clustering"
    scope: ClassVar[Scope] = Scope.GROUPING
    random: ClassVar[bool] = True
    about: ClassVar[str] = (
        "As k-member clustering, but records have weights: those that weigh most come first and lose least; outliers, "
        "or records without the values that matter, wait."
    )
    when: ClassVar[str] = "A few outliers would blur everybody's rows; or an analysis is about certain patients only."
    not_protected: ClassVar[str] = f"{_SHARED} Who was given weight loses least detail, which may itself be noticed."

    method: Literal["weighted_k_member"] = "weighted_k_member"
    weigh: Literal["typical", "values"] = "typical"
    column: str = ""
    values: tuple[str, ...] = ()
    factor: float = Field(default=3.0, ge=1, le=100)
    rounds: int = Field(default=10, ge=0, le=50)
    attribute_weights: Weights = ()

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        _check(self.attribute_weights)
        if self.weigh == "values" and not (self.column and self.values):
            raise ValueError("say in which column, and which of its values count more")
        return self

    def sentence(self) -> str:
        """What is done, in one plain sentence; the values that count more are not named."""
        which = "typical records" if self.weigh == "typical" else f"records with certain values of {self.column}"
        return f"{self.title}: {which} count more{_in_words(self.attribute_weights)}. {self.about}"


class FuzzyClustering(MethodParameters):
    """Fuzzy c-means: a record belongs to several groups in part, until one of them needs it.

    Attributes
    ----------
    fuzziness : float
        m of fuzzy c-means; near 1 a record belongs to one group almost alone. From 1.1 to 5.
    share : float
        A record is shared with every group in which its membership is at least this part of its largest; 0.01 to 1.
    iterations : int
        From 1 to 100.
    attribute_weights
        As in `KMember`.

    References
    ----------
    Bezdek (1981), Pattern recognition with fuzzy objective function algorithms.
    Honda, Kawano, Notsu, Ichihashi (2012), A fuzzy variant of k-member clustering for collaborative filtering with data
    anonymization.
    """

    title: ClassVar[str] = "Fuzzy clustering"
    scope: ClassVar[Scope] = Scope.GROUPING
    random: ClassVar[bool] = True
    about: ClassVar[str] = (
        "Records gather around centres, those on a boundary belonging to several groups in part; each then joins the "
        "group that needs it to reach k, or the nearest."
    )
    when: ClassVar[str] = "Group means will be analysed: people stay closest to the middle of their group."
    not_protected: ClassVar[str] = _SHARED

    method: Literal["fuzzy_clustering"] = "fuzzy_clustering"
    fuzziness: float = Field(default=1.5, ge=1.1, le=5)
    share: float = Field(default=0.3, ge=0.01, le=1)
    iterations: int = Field(default=8, ge=1, le=100)
    attribute_weights: Weights = ()

    @model_validator(mode="after")
    def _fair_weights(self) -> Self:
        _check(self.attribute_weights)
        return self

    def sentence(self) -> str:
        """What is done, in one plain sentence."""
        return (
            f"{self.title}: fuzziness {self.fuzziness:g}, shared from {self.share:g} of the largest membership, "
            f"{self.iterations} rounds{_in_words(self.attribute_weights)}. {self.about}"
        )


def _check(weights: Weights) -> None:
    names = [name for name, _ in weights]
    if len(set(names)) < len(names):
        raise ValueError("a column has two weights")
    if any(not 0 <= weight <= 100 for _, weight in weights):  # noqa: PLR2004 - said in the docstring
        raise ValueError("weights of columns are from 0 to 100")


def _in_words(weights: Weights) -> str:
    return "".join(f", {name} weighs {weight:g}" for name, weight in weights)
