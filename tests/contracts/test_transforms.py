"""What every image transform keeps; each module under toolkit/images/transforms is covered by being there."""

import dataclasses
import importlib
import inspect
import json
import pickle
import pkgutil

import numpy as np
import pytest

from toolkit.errors import ArgumentError
from toolkit.images import Pipeline, parse_steps, transforms
from toolkit.images.transforms import TRANSFORMS, CropBox, Transform

REQUIRED = {"height": 9, "width": 7}
"""Values of parameters that have no default."""

VARIED = {"margin": 0.25, "fit": "pad", "gain": 1.5, "gamma": 0.7, "low": 0.05, "high": 0.9, "clip_limit": 3.0, "tiles": 2}
"""Values other than the defaults; switches are turned over."""


def transform_classes():
    for module in pkgutil.iter_modules(transforms.__path__):
        members = vars(importlib.import_module(f"{transforms.__name__}.{module.name}")).values()
        yield from (
            m
            for m in members
            if inspect.isclass(m) and issubclass(m, Transform) and m is not Transform and m.__module__.endswith(module.name)
        )


def examples():
    for kind in transform_classes():
        needed = {f.name: REQUIRED[f.name] for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING}
        varied = {f.name: not f.default if isinstance(f.default, bool) else VARIED.get(f.name, f.default) for f in dataclasses.fields(kind)}
        yield kind(**needed)
        if varied:
            yield kind(**{**varied, **needed})


def images():
    rng = np.random.default_rng(0)
    for height, width, channels in [(24, 20, 3), (24, 20, 1), (1, 1, 3), (3, 40, 1)]:
        yield rng.random((height, width, channels), np.float32)
        yield np.zeros((height, width, channels), np.float32)
        yield np.ones((height, width, channels), np.float32)


def apply(transform, image):
    box = (0, 0, image.shape[1] - 1, image.shape[0] - 1)
    return transform(image, box) if isinstance(transform, CropBox) else transform(image)


every_transform = pytest.mark.parametrize("transform", list(examples()), ids=str)


def test_each_transform_can_be_written_as_a_step():
    assert sorted(TRANSFORMS.values(), key=str) == sorted(transform_classes(), key=str)
    assert all(kind.name == name for name, kind in TRANSFORMS.items())


@every_transform
def test_keeps_dtype_range_and_three_dimensions(transform):
    for image in images():
        changed = apply(transform, image)
        assert changed.dtype == np.float32
        assert changed.ndim == 3
        assert changed.shape[2] in (1, image.shape[2])
        assert changed.min() >= 0
        assert changed.max() <= 1


@every_transform
def test_leaves_its_input_alone(transform):
    for image in images():
        before = image.copy()
        image.flags.writeable = False
        apply(transform, image)
        assert np.array_equal(image, before)


@every_transform
def test_repeats_itself_and_takes_views(transform):
    for image in images():
        wide = np.concatenate([image, image], axis=1)[:, : image.shape[1]]
        assert np.array_equal(apply(transform, image), apply(transform, image))
        assert np.array_equal(apply(transform, image), apply(transform, wide))


@every_transform
def test_survives_pickle_and_json(transform):
    assert pickle.loads(pickle.dumps(transform)) == transform
    stored = json.loads(json.dumps(Pipeline((transform,)).to_json()))
    assert Pipeline.from_json(stored) == Pipeline((transform,))


@every_transform
def test_prints_as_the_step_that_makes_it(transform):
    assert parse_steps(str(transform)) == (transform,)


@every_transform
def test_is_hashable_and_frozen(transform):
    assert hash(transform) == hash(dataclasses.replace(transform))
    with pytest.raises(AttributeError):
        transform.name = "other"


@pytest.mark.parametrize("kind", list(transform_classes()))
def test_is_documented(kind):
    assert kind.__doc__
    for field in dataclasses.fields(kind):
        assert f"{field.name}: " in kind.__doc__


@every_transform
def test_wrong_numbers_are_refused_with_rule_and_value(transform):
    for field in dataclasses.fields(transform):
        value = getattr(transform, field.name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            with pytest.raises(ArgumentError, match=rf"^{type(transform).__name__}: {field.name} must be .+, got -7\.$"):
                dataclasses.replace(transform, **{field.name: -7})
