"""Windows of series: each one's exact steps by hand, and against a naive enumeration; borders, holes, masks, and what is held."""

import pickle

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.utils.data import ConcatDataset, DataLoader

from datamodules import EpochBatches, SeriesWindows, Shuffled
from tests.datamodules.series.hand_made import HOUR, count_steps, hours, write_series
from toolkit import ArgumentError, DataError, DatasetFileError, open_dataset

ONE = {"a": {"train": 6, "val": 4}}


def windows(path, split, **cut):
    """The first column of each window, as numbers that tell where they come from."""
    return SeriesWindows(open_dataset(path), split, **{"window": 3, "horizon": 2, **cut})[:].x[..., 0].int().tolist()


def steps(*spans, series=1):
    return [list(range(100 * series + first, 100 * series + last)) for first, last in spans]


def test_ten_steps_of_one_series_give_the_windows_that_the_picture_shows(write):
    path = write(count_steps(ONE))
    assert windows(path, "train") == steps((0, 5), (1, 6))
    assert windows(path, "val") == steps((3, 8), (4, 9), (5, 10))


def test_joined_splits_are_one_series_where_it_goes_on(write):
    path = write(count_steps({"a": {"train": 6, "val": 4, "test": 3}}))
    assert windows(path, "train+val") == steps((0, 5), (1, 6), (2, 7), (3, 8), (4, 9), (5, 10))
    assert windows(path, "val+test") == steps((3, 8), (4, 9), (5, 10), (6, 11), (7, 12), (8, 13))
    assert windows(path, "test") == steps((8, 13), (7, 12))[::-1]


def test_the_past_reaches_back_through_several_splits_if_it_must(write):
    path = write(count_steps({"a": {"train": 4, "val": 1, "test": 2}}))
    assert windows(path, "test", window=5) == steps((0, 7))
    assert windows(path, "val", window=4, horizon=1) == steps((0, 5))


def test_the_past_of_a_series_without_rows_in_val_reaches_from_test_into_train(write):
    path = write(count_steps({"a": {"train": 4, "test": 3}, "b": {"train": 4, "val": 3}}))
    assert windows(path, "test") == steps((1, 6), (2, 7))


def test_no_window_straddles_two_series(write):
    path = write(count_steps({"a": {"train": 6}, "b": {"train": 5}, "c": {"train": 7}}))
    expected = steps((0, 5), (1, 6)) + steps((0, 5), series=2) + steps((0, 5), (1, 6), (2, 7), series=3)
    assert windows(path, "train") == expected


def test_series_keep_their_own_pasts_whatever_their_order_in_a_split(write):
    parts = count_steps({"a": {"train": 5, "val": 2}, "b": {"train": 5, "val": 2}})
    path = write({key: parts[key] for key in [("a", "train"), ("b", "train"), ("b", "val"), ("a", "val")]})
    assert windows(path, "val") == steps((2, 7)) + steps((2, 7), series=2)


def test_a_series_that_is_in_val_alone_has_its_own_past_alone(write):
    path = write(count_steps({"a": {"train": 6}, "b": {"val": 6}}))
    assert windows(path, "val") == steps((0, 5), (1, 6), series=2)


def test_a_stride_leaves_windows_out_in_each_series(write):
    path = write(count_steps({"a": {"train": 9, "val": 4}, "b": {"train": 6, "val": 2}}))
    assert windows(path, "train", stride=2) == steps((0, 5), (2, 7), (4, 9)) + steps((0, 5), series=2)
    assert windows(path, "val", stride=2) == steps((6, 11), (8, 13)) + steps((3, 8), series=2)


def test_series_too_short_for_a_window_are_left_out_and_counted(write):
    path = write(count_steps({"a": {"train": 4}, "b": {"train": 5}, "c": {"train": 0}, "d": {"train": 1}}))
    dataset = SeriesWindows(open_dataset(path), "train", window=3, horizon=2)
    assert dataset[:].x[..., 0].tolist() == steps((0, 5), series=2)
    assert dataset.num_left_out == 2  # c has no step at all


@pytest.mark.parametrize(("hole", "first"), [((), 3), ((("a", "val"),), 6)])
def test_nothing_reaches_over_a_hole_between_the_splits(write, hole, first):
    parts = count_steps({"a": {"train": 6, "val": 6}})
    path = write(parts, time=hours(parts, hole))
    assert windows(path, "val")[0] == list(range(100 + first, 105 + first))
    assert len(windows(path, "train+val")) == (8 if first == 3 else 4)


def test_months_are_steps_though_they_differ_in_length(write):
    parts = count_steps({"a": {"train": 6, "val": 3, "test": 2}})
    months = np.arange("2023-09", "2024-09", dtype="datetime64[M]").astype("datetime64[ns]").astype(np.int64)
    time = {("a", "train"): months[:6], ("a", "val"): months[6:9], ("a", "test"): months[10:12]}  # a month lies between val and test
    path = write(parts, time=time, step="1mo")
    assert windows(path, "val") == steps((3, 8), (4, 9))
    with pytest.raises(DataError, match="window and horizon must be at most 2 together"):
        windows(path, "test")


def test_where_the_step_is_unknown_later_is_enough_and_earlier_is_not(write):
    parts = count_steps(ONE)
    time = {("a", "train"): np.array([1, 2, 4, 8, 9, 20]) * HOUR, ("a", "val"): np.array([60, 61, 99, 100]) * HOUR}
    assert windows(write(parts, time=time, step=""), "val")[0] == list(range(103, 108))
    time["a", "val"] = time["a", "val"] - 50 * HOUR
    with pytest.raises(DataError, match="window and horizon must be at most 4 together"):
        windows(write(parts, time=time, step=""), "val")


def test_batches_have_masks_where_the_file_has_one(write):
    parts = count_steps(ONE, width=2)
    mask = {key: np.arange(2 * len(values)).reshape(-1, 2) % 3 == 0 for key, values in parts.items()}
    batch = SeriesWindows(open_dataset(write(parts, mask=mask)), "val", window=3, horizon=2)[[2, 0]]
    both = np.concatenate([mask["a", "train"], mask["a", "val"]])
    assert batch.mask.numpy().tolist() == [both[5:10].tolist(), both[3:8].tolist()]
    assert batch.mask.shape == batch.x.shape
    assert SeriesWindows(open_dataset(write(parts)), "val", window=3, horizon=2)[[0]].mask is None


def test_one_window_comes_without_a_batch_axis_and_is_collated_again(write):
    parts = count_steps(ONE, width=2)
    mask = {key: np.zeros(values.shape) for key, values in parts.items()}
    dataset = SeriesWindows(open_dataset(write(parts, mask=mask)), "val", window=3, horizon=2)
    assert (dataset[1].x.shape, dataset[1].mask.shape, dataset[1].index.item()) == ((5, 2), (5, 2), 1)
    (batch,) = DataLoader(ConcatDataset([dataset]), batch_size=3)
    assert (batch.x.tolist(), batch.mask.shape, batch.index.tolist()) == (dataset[:].x.tolist(), (3, 5, 2), [0, 1, 2])


def test_windows_say_when_and_of_which_series_they_are(write):
    parts = count_steps({"a.csv": {"train": 6, "val": 2}, "b.csv#7": {"train": 6, "val": 3}})
    dataset = SeriesWindows(open_dataset(write(parts, time=hours(parts))), "val", window=3, horizon=2)
    assert dataset.names([0, 1, 2]) == ["a.csv", "b.csv#7", "b.csv#7"]
    assert (dataset.times([0, 2]) / HOUR).tolist() == [[4, 5, 6, 7, 8], [5, 6, 7, 8, 9]]
    assert SeriesWindows(open_dataset(write(parts)), "val", window=3, horizon=2).times([0]) is None


def test_it_pickles_as_a_path_and_a_checksum_and_refuses_a_replaced_file(write):
    path = write(count_steps(ONE))
    dataset = SeriesWindows(open_dataset(path), "val", window=3, horizon=2, stride=2)
    pickled = pickle.dumps(dataset)
    assert len(pickled) < 600
    assert pickle.loads(pickled)[:].x.tolist() == dataset[:].x.tolist()
    write_series(path, count_steps({"a": {"train": 7, "val": 4}}))
    with pytest.raises(DatasetFileError, match="was replaced"):
        pickle.loads(pickled)


def test_in_memory_mapped_or_on_a_device_it_is_the_same(write):
    path = write(count_steps({"a": {"train": 6, "val": 4}, "b": {"train": 2, "val": 9}}, width=3))
    cpu = torch.device("cpu")
    for split in ("train", "val", "train+val"):
        ways = ({}, {"in_memory": True}, {"device": cpu})
        mapped, held, laid = (SeriesWindows(open_dataset(path), split, window=3, horizon=2, **way)[:].x.tolist() for way in ways)
        assert mapped == held == laid


def test_what_it_holds_does_not_grow_with_the_number_of_windows(write):
    from benchmarks.series import held_bytes

    small, large = (
        SeriesWindows(open_dataset(write({("a", "train"): np.zeros((n, 2))})), "train", window=3, horizon=2) for n in (99, 99_000)
    )
    assert (len(small), len(large)) == (95, 98_996)
    assert held_bytes(small) == held_bytes(large) < 200


@pytest.mark.parametrize(
    ("split", "cut", "message"),
    [
        ("val", {"horizon": 5}, r"horizon must be at most 4, the steps of .* series, got 5 in .*, val\. Pass .*horizon of at most 4"),
        ("val", {"window": 9}, r"window and horizon must be at most 10 together, .* got 9 \+ 2 in .*, val\. Pass .*window of at most 8"),
        ("train", {"window": 9}, r"at most 6 together, .* got 9 \+ 2 in .*, train\. Pass .*window of at most 4, or preprocess again"),
        ("train", {"horizon": 6}, r"at most 6 together, .* got 3 \+ 6 in .*, train\. Pass a smaller --data.horizon, or preprocess again"),
    ],
)  # fmt: skip
def test_a_split_without_a_window_is_refused_with_what_would_fit(write, split, cut, message):
    with pytest.raises(DataError, match=message) as caught:
        windows(write(count_steps(ONE)), split, **cut)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["window", "horizon", "stride"])
def test_lengths_below_one_are_refused(write, name):
    with pytest.raises(ArgumentError, match=f"SeriesWindows: {name} must be at least 1, got 0"):
        windows(write(count_steps(ONE)), "train", **{name: 0})


def naive(lengths, split, window, horizon, stride):
    """Every window by the rule alone: lay a series out, and try each start."""
    found = []
    for number, splits in enumerate(lengths.values(), 1):
        cells = [(name, 100 * number + at) for at, name in enumerate(name for name, length in splits.items() for _ in range(length))]
        last = max((at for at, (name, _) in enumerate(cells) if name in split.split("+")), default=-1)
        cells, first = cells[: last + 1], None
        for start in range(len(cells) - window - horizon + 1):
            if all(name in split.split("+") for name, _ in cells[start + window : start + window + horizon]):
                first = start if first is None else first
                # a past within the split begins with the split's own first step, at the earliest: no window is lost by a stride
                found += [[value for _, value in cells[start : start + window + horizon]]] if (start - first) % stride == 0 else []
    return found


SERIES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(0, 6)), min_size=1, max_size=4)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lengths=SERIES, window=st.integers(1, 6), horizon=st.integers(1, 4), stride=st.integers(1, 3),
    split=st.sampled_from(["train", "val", "test", "train+val"]), timed=st.booleans(), batch=st.integers(1, 5),
)  # fmt: skip
def test_windows_are_those_of_a_naive_enumeration(tmp_path, lengths, window, horizon, stride, split, timed, batch):
    lengths = {f"s{n}": {name: k for name, k in zip(("train", "val", "test"), each, strict=True) if k} for n, each in enumerate(lengths)}
    parts = count_steps(lengths, width=2)
    if not {name for _, name in parts}.issuperset(split.split("+")):
        return
    file = open_dataset(write_series(tmp_path / "a.h5", parts, time=hours(parts) if timed else None))
    expected = naive(lengths, split, window, horizon, stride)
    if not expected:
        with pytest.raises(DataError):
            SeriesWindows(file, split, window=window, horizon=horizon, stride=stride)
        return
    dataset = SeriesWindows(file, split, window=window, horizon=horizon, stride=stride)
    found = dataset[:].x
    assert sorted(found[..., 0].int().tolist()) == sorted(expected)
    assert (found[..., 1] - found[..., 0] == 1000).all()
    epochs = [[np.concatenate(list(batches)) for batches in ranks(len(dataset), batch, world)] for world in (1, 2, 3)]
    assert all(sorted(np.concatenate(shares)) == list(range(len(dataset))) for shares in epochs)
    for rows in (shares[0] for shares in epochs):
        assert dataset[rows].x[..., 0].tolist() == found[rows][..., 0].tolist()


def ranks(count, size, world):
    return [EpochBatches(Shuffled(count), size, seed=3, num_replicas=world, rank=rank) for rank in range(world)]
