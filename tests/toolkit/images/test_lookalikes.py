"""Hashes near each other are all found; pixels decide; mirrored pictures and flat ones stay apart."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.images import find_lookalikes, measure, read_unlabelled
from toolkit.images.lookalikes import MIN_CONTRAST, RADIUS, _Sets, pairs_within
from toolkit.images.measure import measure_pixels
from toolkit.wing import Manifest


def found_pairs(hashes, radius):
    blocks = list(pairs_within(np.array(hashes, np.uint64), radius))
    return [pair for one, other in blocks for pair in zip(one.tolist(), other.tolist(), strict=True)]


base = st.integers(0, 2**64 - 1)
near = st.builds(lambda value, bits: value ^ sum(1 << bit for bit in bits), st.sampled_from([0, 2**63 - 1]), st.sets(st.integers(0, 63)))


@given(st.lists(base | near, max_size=30), st.integers(0, 9))
def test_the_search_finds_each_pair_once_as_comparing_all_does(hashes, radius):
    expected = [(i, j) for j in range(len(hashes)) for i in range(j) if (hashes[i] ^ hashes[j]).bit_count() <= radius]
    assert sorted(found_pairs(hashes, radius)) == sorted(expected)


def test_blocks_hold_at_most_a_pair_a_hash():
    blocks = list(pairs_within(np.zeros(100, np.uint64), 3))
    assert sum(len(one) for one, _ in blocks) == 100 * 99 // 2
    assert max(len(one) for one, _ in blocks) < 100


def scene(seed=0, *, contrast=1.0):
    noise = np.random.default_rng(seed).random((6, 5, 3)).astype(np.float32)
    smooth = np.clip(cv2.resize(noise, (40, 48), interpolation=cv2.INTER_CUBIC), 0, 1)
    return np.rint((0.5 + (smooth - 0.5) * contrast) * 250).astype(np.uint8)


def recompressed(pixels):
    brighter = cv2.convertScaleAbs(pixels, alpha=1.04, beta=3)
    return cv2.imdecode(cv2.imencode(".jpg", brighter, [cv2.IMWRITE_JPEG_QUALITY, 90])[1], cv2.IMREAD_COLOR)


@pytest.fixture
def lookalikes(tmp_path):
    def find(*images, group=None, gone=(), **options):
        for number, pixels in enumerate(images):
            cv2.imwrite(str(tmp_path / f"{number}.png"), pixels)
        rows = read_unlabelled([tmp_path / f"{number}.png" for number in range(len(images))])
        rows = Manifest(rows.kind, rows.root, rows.origin, group=None if group is None else np.array(group))
        columns = measure(rows).arrays
        for number in gone:
            (tmp_path / f"{number}.png").unlink()
        return [found.tolist() for found in find_lookalikes(rows, columns, np.arange(len(images)), **options)]

    return find


def test_a_brighter_recompressed_copy_looks_alike_and_another_scene_does_not(lookalikes):
    assert lookalikes(scene(), scene(1), recompressed(scene()), scene(2)) == [[0, 2]]


def test_chains_of_pairs_are_one_set(lookalikes):
    assert lookalikes(scene(), recompressed(scene()), recompressed(recompressed(scene()))) == [[0, 1, 2]]


def test_left_and_right_turns_do_not_merge(lookalikes):
    assert lookalikes(scene(), scene()[:, ::-1].copy()) == []


def test_pixels_decide_where_hashes_are_equal(lookalikes):
    light = scene()[..., :1]
    blue, red = np.uint8(light * [1, 0.3, 0.3]), np.uint8(light * [0.3, 0.3, 1])
    hashes = measure_pixels([pixels[..., ::-1] for pixels in (blue, red)])["difference_hash"]
    assert int(hashes[0] ^ hashes[1]).bit_count() <= RADIUS
    assert lookalikes(blue, red, recompressed(blue)) == [[0, 2]]


def test_equal_pictures_are_not_compared(lookalikes):
    assert lookalikes(scene(), scene()) == []


def test_frames_of_one_group_do_not_swell_the_sets_of_several(lookalikes):
    frames = [scene(), recompressed(scene()), recompressed(recompressed(scene()))]
    assert lookalikes(*frames, group=[4, 4, 4]) == [[0, 1, 2]]
    apart = np.clip(np.int16(scene()) + 4, 0, 255).astype(np.uint8)
    assert lookalikes(scene(1), recompressed(scene(1)), scene(), apart, group=[4, 4, 4, 5]) == [[2, 3], [0, 1]]


def test_specks_are_not_compared(lookalikes):
    assert lookalikes(scene()[:7], recompressed(scene())[:7]) == []


def test_a_copy_is_compared_in_each_group_that_has_it(lookalikes):
    for group, expected in (([0, 1, 0], [[1, 2]]), ([1, 0, 0], [[0, 2]])):
        assert lookalikes(scene(), scene(), recompressed(scene()), group=group) == expected


def test_thousands_that_are_all_alike_are_one_set_and_read_once():
    columns = {"contrast": np.full(4000, 0.2)} | dict.fromkeys(("height", "width"), np.full(4000, 9))
    columns |= {"pixel_hash": np.arange(4000, dtype=np.uint64), "difference_hash": np.zeros(4000, np.uint64)}
    stored = {"x": np.uint8([[[[9]], [[90]]]]).reshape(1, 1, 2, 1)}
    rows = Manifest("images", "/nowhere", [f"{number}" for number in range(4000)])
    compared = []

    def take(some):
        compared.append(len(some))
        return (stored for _ in some.origin)

    (found,) = find_lookalikes(rows, columns, np.arange(4000), take=take)
    assert found.tolist() == list(range(4000))
    assert compared == [4000]


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_sets_are_those_that_pairs_connect(pairs):
    sets, expected = _Sets(20), [{number} for number in range(20)]
    for start in range(0, len(pairs), 7):
        one, other = np.array(pairs[start : start + 7], np.int64).T
        sets.connect(one, other)
    for one, other in pairs:
        joined = next(each for each in expected if one in each) | next(each for each in expected if other in each)
        expected = [each for each in expected if not each & joined] + [joined]
    assert sorted(members.tolist() for members in sets.members()) == sorted(sorted(each) for each in expected if len(each) > 1)


def test_flat_pictures_look_like_none(lookalikes):
    faint = scene(contrast=MIN_CONTRAST / 2)
    assert lookalikes(faint, cv2.convertScaleAbs(faint, alpha=1, beta=1)) == []


def test_a_picture_that_is_gone_cannot_be_confirmed(lookalikes):
    assert lookalikes(scene(), recompressed(scene()), scene(1), recompressed(scene(1)), gone=[1]) == [[2, 3]]


def test_stored_pictures_are_taken_as_they_are_stored(lookalikes):
    stored = [np.float16(pixels[..., ::-1] / 255) for pixels in (scene(), recompressed(scene()))]

    def take(rows):
        return ({"x": stored[int(Path(name).stem)][None]} for name in rows.origin)

    assert lookalikes(scene(), recompressed(scene()), take=take) == [[0, 1]]
