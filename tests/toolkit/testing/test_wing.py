"""The contract of wings: each of its laws finds the wing that breaks it."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.contracts import toy_wing
from toolkit.testing import WingContract
from toolkit.wing import Encoded


@dataclass(frozen=True)
class Changed:
    """An encoder whose values something is added to."""

    encode: toy_wing.ToyEncode
    fault: str

    def __call__(self, rows):
        encoded = self.encode(rows)
        values = encoded.arrays["values"].copy()
        if self.fault == "block":
            values += len(rows)
        if self.fault == "failure" and encoded.failures:
            values += 1
        if self.fault == "random":
            values += np.random.default_rng().integers(0, 1000, len(values), np.int32)
        if self.fault == "dtype":
            values = values.astype(np.int64)
        return Encoded({"values": values}, encoded.failures, encoded.stats)


def plan_with(fault):
    def plan(manifest, options, **more):
        planned = toy_wing.plan(manifest, options, **more)
        return replace(planned, encode=Changed(planned.encode, fault))

    return plan


def plan_on_all(manifest, options, **more):
    planned = toy_wing.plan(manifest, options, **more)
    return replace(planned, fitted={"longest": np.array(sum(planned.lengths))})


def plan_unlike_its_pipeline(manifest, options, **more):
    return toy_wing.plan(manifest, toy_wing.ToyOptions(options.scale + 1), **more)


def plan_not_picklable(manifest, options, **more):
    planned = toy_wing.plan(manifest, options, **more)
    return replace(planned, encode=lambda rows: replace(planned.encode(rows)))


def read_in_any_order(source, options):
    listed = toy_wing.read(source, options)
    return listed.take(np.random.default_rng().permutation(len(listed)))


def read_at_length(source, options):
    listed = toy_wing.read(source, options)
    return replace(listed, columns={"content": np.zeros((len(listed), 999))})


def split_groups(manifest, options):
    return replace(manifest, split=(np.arange(len(manifest)) % 3).astype(np.int8))


def measure_by_block(rows):
    return Encoded({"numbers": np.full(len(rows), len(rows), np.int32)})


def measure_stored_by_block(arrays, lengths):
    return measure_by_block(lengths)


def contract_of(**changed):
    class Contract(WingContract):
        wing = SimpleNamespace(**{**vars(toy_wing), **changed})
        read_options, plan_options = toy_wing.ToyOptions(), toy_wing.ToyOptions()

        def write_source(self, folder):
            return toy_wing.write_source(folder, bad=(3, 20, 21))

    return Contract()


@pytest.mark.parametrize(
    ("changed", "law"),
    [
        ({"read": read_in_any_order}, "reading_twice_lists_the_same"),
        ({"read": read_at_length}, "a_listed_row_costs_a_kilobyte_at_most"),
        ({"split": split_groups}, "a_split_is_whole_and_repeats_itself"),
        ({"plan": plan_with("dtype")}, "arrays_are_as_planned"),
        ({"plan": plan_with("block")}, "rows_encode_alike_in_any_order_block_and_process"),
        ({"plan": plan_with("random")}, "rows_encode_alike_in_any_order_block_and_process"),
        ({"plan": plan_with("failure")}, "what_fails_is_listed_and_left_zero"),
        ({"plan": plan_on_all}, "what_is_fitted_sees_train_alone"),
        ({"plan": plan_unlike_its_pipeline}, "prediction_encodes_as_the_file_was"),
        ({"plan": plan_with("random")}, "the_file_holds_what_was_encoded"),
        ({"measure": measure_by_block}, "measures_are_a_row_a_sample_in_any_block"),
        ({"measure_stored": measure_stored_by_block}, "measures_of_a_file_are_a_row_a_sample"),
    ],
)
def test_a_broken_law_is_found(changed, law, tmp_path):
    with pytest.raises(AssertionError):
        getattr(contract_of(**changed), f"test_{law}")(tmp_path)


def test_an_encoder_that_cannot_travel_is_found(tmp_path):
    with pytest.raises(Exception, match="pickle"):
        contract_of(plan=plan_not_picklable).test_rows_encode_alike_in_any_order_block_and_process(tmp_path)


def test_what_a_wing_does_not_offer_is_skipped(tmp_path):
    contract = contract_of()
    del contract.wing.measure
    with pytest.raises(pytest.skip.Exception, match="does not measure"):
        contract.test_measures_are_a_row_a_sample_in_any_block(tmp_path)
