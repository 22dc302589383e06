"""The lists of measures name every field, and say everything of each."""

from __future__ import annotations

from dataclasses import fields

import pytest

from anonymiser.assessment import Assessment
from anonymiser.engine import backend
from anonymiser.privacy import Requirement
from anonymiser.privacy import registry as privacy
from anonymiser.privacy.measures import SensitiveMeasures
from anonymiser.privacy.registry import PRIVACY_MEASURES, Measure
from anonymiser.utility import numbers, prediction, propensity, queries
from anonymiser.utility import registry as utility
from anonymiser.utility.quality import Quality
from anonymiser.utility.registry import UTILITY_MEASURES

NO_MEASURES = (
    "rows node failing limit suppressed met target_k classes classes_raw unique_records unique_records_raw "
    "records_below_k loss_if_suppressed loss_by_attribute mean_kept_class sensitive requirements sizes "
    "ncp_by_attribute quality over_people people_risk population pending name granularity gen_intensity nu_entropy"
)


def names(measures: tuple[Measure, ...]) -> list[str]:
    return [measure.name for measure in measures]


@pytest.mark.parametrize("record", [Assessment, SensitiveMeasures, Quality])
def test_every_field_is_listed(record: type) -> None:
    listed = {*names(PRIVACY_MEASURES), *names(UTILITY_MEASURES), *NO_MEASURES.split()}
    assert {field.name for field in fields(record)} <= listed


def test_every_requirement_is_listed() -> None:
    kinds = {model.model_fields["kind"].default for model in Requirement.__origin__.__args__}
    assert kinds == {measure.model for measure in PRIVACY_MEASURES if measure.model}


def test_every_name_is_a_field_or_a_function() -> None:
    known = {field.name for record in (Assessment, SensitiveMeasures, Quality) for field in fields(record)}
    known |= {*numbers.__all__, *prediction.__all__, *propensity.__all__, *queries.__all__, "k_map", "delta_presence"}
    assert {*names(PRIVACY_MEASURES), *names(UTILITY_MEASURES)} <= known


@pytest.mark.parametrize("measure", [*PRIVACY_MEASURES, *UTILITY_MEASURES], ids=lambda measure: measure.name)
def test_everything_is_said_of_each(measure: Measure) -> None:
    texts = [measure.title, measure.formula, measure.paper, measure.range, measure.missing, measure.suppressed]
    assert all([*texts, measure.oracle])
    assert measure.meaning[0].isupper()
    assert measure.meaning.endswith(".")


def test_names_are_unique_and_found() -> None:
    for found, look_up in ((PRIVACY_MEASURES, privacy.measure_named), (UTILITY_MEASURES, utility.measure_named)):
        assert len(set(names(found))) == len(found)
        assert look_up(found[0].name) == found[0]
        assert look_up("nonsense") is None


def test_the_compiled_loops_are_loaded_with_the_others() -> None:
    backend.warm()
    from anonymiser.engine.class_backend import class_kernels

    assert class_kernels().__name__.endswith("class_kernels")
