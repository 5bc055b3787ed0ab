"""What every kind of data keeps, as a test class: a subclass says what its wing and a small source are, and pytest runs the laws.

The wing's reader, plan, encoder, measures and replay are asked; `tests/contracts/test_wings.py` shows four that subclass it.
"""

from __future__ import annotations

import json
import pickle
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from toolkit.dataset_file import DatasetFile, open_dataset
from toolkit.export import ExportOptions, export
from toolkit.preprocess import preprocess
from toolkit.splits import SplitOptions, split_manifest
from toolkit.statistics import MeasureFile
from toolkit.testing.rows import cut_rows, encode_all, encode_in_blocks, same_manifest, with_lengths
from toolkit.wing import SPLITS, Encode, Manifest, Plan

__all__ = ["WingContract"]

_HERE = ExportOptions(workers=0)
_CHECKED = ("measure_stored", "IDENTITY", "FITTED", "LOOKALIKES", "find_lookalikes", "find_outliers")
_MAX_ROW_BYTES = 1024


class WingContract(ABC):
    """The laws of `toolkit.wing.Wing`; each method named ``test_…`` is one.

    A subclass sets what is listed here and writes a source; its own name begins with ``Test``, so that pytest finds it. Have pytest
    tell the values of what fails by ``pytest.register_assert_rewrite("toolkit.testing")`` before this is imported.

    Attributes:
        wing: The module, or object, with `read` and `plan`.
        read_options: What `read` takes.
        plan_options: What `plan` takes.
        split_options: What the wing's `split` takes, or `split_manifest` where it has none.
        told_by_split: Names in `Plan.fitted` of arrays with one entry for each of train, val, test: the first alone is train's.

    Example:
        >>> class TestMine(WingContract):  # doctest: +SKIP
        ...     wing, read_options, plan_options = mine, mine.ReadOptions(), mine.Options()
        ...
        ...     def write_source(self, folder):
        ...         return write_forty_files(folder, bad=2)
    """

    wing: ClassVar[Any]
    read_options: ClassVar[Any]
    plan_options: ClassVar[Any]
    split_options: ClassVar[Any] = SplitOptions((0.6, 0.2, 0.2))
    told_by_split: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def write_source(self, folder: Path) -> Any:
        """Write a source into an empty folder and return it, as `read` takes it: 30 samples or more, the same ones each time.

        If samples can fail to encode, some do; if they can have groups or lengths, they have several.
        """

    def restore(self, file: DatasetFile) -> Encode | None:
        """Rebuild the encoder from what a dataset file keeps, as prediction does; None if the wing cannot."""
        return self.wing.encoder(file.pipeline) if hasattr(self.wing, "encoder") else None

    def listed(self, folder: Path) -> Manifest:
        """Write the source and read it."""
        source = folder / "source"
        source.mkdir()
        manifest: Manifest = self.wing.read(self.write_source(source), self.read_options)
        return manifest

    def cut(self, manifest: Manifest) -> Manifest:
        """Give each row its split."""
        given: Manifest = getattr(self.wing, "split", split_manifest)(manifest, self.split_options)
        return given

    def planned(self, folder: Path) -> tuple[Manifest, Plan]:
        """Read, split and plan."""
        manifest = self.cut(self.listed(folder))
        return manifest, self.wing.plan(manifest, self.plan_options, seed=0)

    def test_reading_twice_lists_the_same(self, tmp_path: Path) -> None:
        manifest = self.listed(tmp_path)
        assert len(manifest) >= 30, "a contract needs a source of 30 samples or more"
        assert same_manifest(manifest, self.wing.read(self.write_source(tmp_path / "source"), self.read_options))
        assert same_manifest(manifest, pickle.loads(pickle.dumps(manifest)))  # noqa: S301  # just pickled
        json.dumps(dict(manifest.reading))

    def test_a_listed_row_costs_a_kilobyte_at_most(self, tmp_path: Path) -> None:
        manifest = self.listed(tmp_path)
        names = sum(map(sys.getsizeof, manifest.origin))
        assert names + sum(column.nbytes for _, column in manifest.row_columns()) <= _MAX_ROW_BYTES * len(manifest)

    def test_what_was_passed_over_has_a_reason_of_one_line(self, tmp_path: Path) -> None:
        assert all(skip.reason and "\n" not in skip.reason for skip in self.listed(tmp_path).skipped)

    def test_rows_are_taken_in_any_order(self, tmp_path: Path) -> None:
        manifest = self.listed(tmp_path)
        rows = np.random.default_rng(0).integers(0, len(manifest), 2 * len(manifest))
        taken = manifest.take(rows)
        assert list(taken.origin) == [manifest.origin[row] for row in rows]
        for (name, column), (_, whole) in zip(taken.row_columns(), manifest.row_columns(), strict=True):
            assert np.array_equal(column, whole[rows]), name
        assert same_manifest(taken.take(rows[:9]), manifest.take(rows[rows[:9]]))
        assert len(manifest.take(np.empty(0, np.int64))) == 0

    def test_a_split_is_whole_and_repeats_itself(self, tmp_path: Path) -> None:
        listed = self.listed(tmp_path)
        manifest = self.cut(listed)
        assert manifest.split is not None
        assert set(manifest.split.tolist()) <= {0, 1, 2}
        assert (manifest.split == 0).any()
        assert (manifest.split > 0).any(), "a contract needs a split with a part beside train"
        assert same_manifest(manifest, self.cut(listed))
        if manifest.group is not None:
            parts = {(group, part) for group, part in zip(manifest.group.tolist(), manifest.split.tolist(), strict=True)}
            assert len(parts) == len(np.unique(manifest.group)), "a split must cut no group"

    def test_arrays_are_as_planned(self, tmp_path: Path) -> None:
        manifest, plan = self.planned(tmp_path)
        encoded = encode_all(plan, manifest)
        assert set(encoded.arrays) == {array.name for array in plan.arrays}
        for array in plan.arrays:
            items = len(manifest) if not array.ragged or plan.lengths is None else int(plan.lengths.sum())
            assert encoded.arrays[array.name].shape == (items, *array.item_shape), array.name
            assert encoded.arrays[array.name].dtype == np.dtype(array.dtype), array.name
        assert (plan.lengths is not None) == any(array.ragged for array in plan.arrays)
        if plan.lengths is not None:
            assert plan.lengths.shape == (len(manifest),)
            assert encoded.lengths is None or np.array_equal(encoded.lengths, plan.lengths)

    def test_rows_encode_alike_in_any_order_block_and_process(self, tmp_path: Path) -> None:
        manifest, plan = self.planned(tmp_path)
        whole = cut_rows(plan, encode_all(plan, manifest), plan.lengths)
        assert cut_rows(plan, encode_all(plan, manifest), plan.lengths) == whole
        moved = replace(plan, encode=pickle.loads(pickle.dumps(plan.encode)))  # noqa: S301  # just pickled
        order = np.random.default_rng(0).permutation(len(manifest))
        for each in (plan, moved):
            for size in (1, 7):
                assert encode_in_blocks(each, manifest, order, size) == [whole[row] for row in order]

    def test_what_fails_is_listed_and_left_zero(self, tmp_path: Path) -> None:
        manifest, plan = self.planned(tmp_path)
        for cut in cut_rows(plan, encode_all(plan, manifest), plan.lengths):
            assert "\n" not in cut.reason
            assert not cut.reason or not any(any(data) for data in cut.data), cut.reason

    def test_what_is_fitted_sees_train_alone(self, tmp_path: Path) -> None:
        manifest, plan = self.planned(tmp_path)
        train, held = (np.flatnonzero(rows) for rows in ((manifest.split == 0), manifest.split != 0))
        rows = np.concatenate([train, held[:1], held[:1]])
        other = self.wing.plan(manifest.take(rows), self.plan_options, seed=0)
        assert set(plan.fitted) == set(other.fitted)
        for name, value in plan.fitted.items():
            whose = slice(0, 1) if name in self.told_by_split else slice(None)
            ours, theirs = (np.atleast_1d(np.asarray(each))[whose] for each in (value, other.fitted[name]))
            assert ours.tobytes() == theirs.tobytes() if ours.dtype.kind in "fc" else np.array_equal(ours, theirs), name
        assert encode_in_blocks(other, manifest, train, 9, plan.lengths) == encode_in_blocks(plan, manifest, train, 9)

    def test_what_is_summed_up_keeps_its_shape(self, tmp_path: Path) -> None:
        manifest, plan = self.planned(tmp_path)
        if plan.summarise is None:
            return
        blocks = [plan.encode(with_lengths(plan, manifest, np.arange(start, min(start + 7, len(manifest))))) for start in (0, 7, 14)]
        json.dumps([dict(block.stats) for block in blocks])
        empty, full = plan.summarise([]), plan.summarise([block.stats for block in blocks])
        assert {name: (value.dtype, value.shape) for name, value in empty.items()} == {
            name: (value.dtype, value.shape) for name, value in full.items()
        }

    def test_the_file_holds_what_was_encoded(self, tmp_path: Path) -> None:
        manifest, plan = self.planned(tmp_path)
        export(manifest, plan, tmp_path / "a.h5", options=_HERE)
        file, whole = open_dataset(tmp_path / "a.h5"), cut_rows(plan, encode_all(plan, manifest), plan.lengths)
        assert file.verify() == []
        for number, name in enumerate(SPLITS):
            rows = [row for row in np.flatnonzero(manifest.split == number).tolist() if not whole[row].reason]
            assert (name in file) == bool(rows)
            for i, row in enumerate(rows):
                taken = [file[name].take([i], array.name)[0].tobytes() for array in plan.arrays]
                assert taken == list(whole[row].data), manifest.origin[row]

    def test_one_call_writes_the_same_file(self, tmp_path: Path) -> None:
        manifest, plan = self.planned(tmp_path)
        options = {"split": self.split_options, "write": _HERE}
        source = self.write_source(tmp_path / "source")
        preprocess(self.wing, source, tmp_path / "b.h5", options=(self.read_options, self.plan_options), **options)
        assert preprocess(self.wing, source, tmp_path / "b.h5", options=(self.read_options, self.plan_options), **options).up_to_date
        export(manifest, plan, tmp_path / "a.h5", options=_HERE)
        ours, theirs = (open_dataset(tmp_path / name) for name in ("a.h5", "b.h5"))
        assert [*ours] == [*theirs]
        for name in ours:
            assert ours[name].source == theirs[name].source
            assert all(np.array_equal(ours[name].array(a), theirs[name].array(a), equal_nan=True) for a in ours[name].arrays)

    def test_prediction_encodes_as_the_file_was(self, tmp_path: Path) -> None:
        manifest, plan = self.planned(tmp_path)
        assert plan.pipeline["kind"] == manifest.kind
        export(manifest, plan, tmp_path / "a.h5", options=_HERE)
        file = open_dataset(tmp_path / "a.h5")
        assert file.pipeline == json.loads(json.dumps(dict(plan.pipeline)))
        if hasattr(self.wing, "pipeline_of"):
            assert self.wing.pipeline_of(self.plan_options) == plan.pipeline
        if replayed := self.restore(file):
            rows = np.arange(len(manifest))
            again = replace(plan, encode=replayed)
            assert encode_in_blocks(again, manifest, rows, 11) == encode_in_blocks(plan, manifest, rows, 11)

    def test_measures_are_a_row_a_sample_in_any_block(self, tmp_path: Path) -> None:
        if not hasattr(self.wing, "measure"):
            _skip("the wing does not measure")
        self._measured_alike(self.wing.measure, self.cut(self.listed(tmp_path)))
        assert [name for name in _CHECKED if not hasattr(self.wing, name)] == [], "what measures is checked, and needs these, too"

    def test_measures_of_a_file_are_a_row_a_sample(self, tmp_path: Path) -> None:
        if not hasattr(self.wing, "measure_stored"):
            _skip("the wing does not measure what is stored")
        manifest, plan = self.planned(tmp_path)
        export(manifest, plan, tmp_path / "a.h5", options=_HERE)
        file = open_dataset(tmp_path / "a.h5")
        split = np.repeat(np.arange(len(SPLITS), dtype=np.int8), [len(file[name]) if name in file else 0 for name in SPLITS])
        row = np.concatenate([np.arange(len(file[name])) for name in file])
        stored = Manifest(file.kind, str(tmp_path), list(map(str, range(len(row)))), split=split, columns={"row": row})
        self._measured_alike(MeasureFile(file, self.wing.measure_stored), stored)

    def _measured_alike(self, measure: Callable[[Manifest], Any], rows: Manifest) -> None:
        whole, again = measure(rows), pickle.loads(pickle.dumps(measure))(rows)  # noqa: S301  # just pickled
        assert whole.arrays
        order = np.random.default_rng(0).permutation(len(rows))
        blocks = [measure(rows.take(order[start : start + 7])) for start in range(0, len(rows), 7)]
        for name, column in whole.arrays.items():
            assert column.shape == (len(rows),), name
            assert np.array_equal(again.arrays[name], column, equal_nan=column.dtype.kind == "f"), name
            joined = np.concatenate([block.arrays[name] for block in blocks])
            assert np.array_equal(joined, column[order], equal_nan=column.dtype.kind == "f"), name
        failed = {7 * i + place: reason for i, block in enumerate(blocks) for place, reason in block.failures.items()}
        assert failed == {i: whole.failures[row] for i, row in enumerate(order.tolist()) if row in whole.failures}


def _skip(reason: str) -> None:
    import pytest

    pytest.skip(reason)
