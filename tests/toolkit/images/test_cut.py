"""Where boxes are the samples, they are what is measured, compared, stored, shown and predicted on: never the scene around them."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.toolkit.images.sources.scenes import draw, write
from tests.toolkit.images.test_show import decode
from toolkit import ImageOptions, ReadOptions, check_source, open_dataset, preprocess_images
from toolkit.dataset_file import TakeSamples, list_samples
from toolkit.images import Show, encoder, find_originals, measure, parse_steps, plan, read, replay
from toolkit.reporting import report_source


def scenes(folder, count=12):
    """Pictures of noise with a sign of each of two classes, both drawn anew in every picture."""
    rng = np.random.default_rng(5)
    images, annotations = [], []
    for i in range(count):
        pixels = rng.integers(0, 256, (40, 60, 3), np.uint8)
        name = f"images/{i:02}.png"
        (folder / "images").mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / name)
        images.append({"id": i, "file_name": f"{i:02}.png", "width": 60, "height": 40})
        annotations += [{"image_id": i, "category_id": c, "bbox": [2 + 30 * c, 3, 16 + c, 18]} for c in (0, 1)]
    categories = [{"id": 0, "name": "stop"}, {"id": 1, "name": "yield"}]
    write(folder, "signs.json", json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return folder


def findings(result):
    return {finding.check: finding for finding in result.findings}


def test_the_plan_cuts_first_and_says_so(tmp_path):
    manifest = read(scenes(tmp_path))
    made = plan(manifest, ImageOptions(size=(8, 8), steps=parse_steps("grayscale")))
    assert [step["name"] for step in made.pipeline["steps"]] == ["crop_box", "resize", "grayscale"]
    assert made.note == "Samples are cut to their boxes (crop_box)."
    asked = plan(manifest, ImageOptions(steps=parse_steps("crop_box(margin=0.1)")))
    assert [step["name"] for step in asked.pipeline["steps"]] == ["crop_box", "resize"]
    assert asked.note == ""


def test_boxes_that_come_with_whole_pictures_cut_nothing(tmp_path):
    draw(tmp_path, "a.png", "b.png")
    write(tmp_path, "list.csv", "path,label,x1,y1,x2,y2\na.png,stop,1,1,4,4\nb.png,yield,1,1,4,4\n")
    manifest = read(tmp_path / "list.csv")
    assert [step["name"] for step in plan(manifest).pipeline["steps"]] == ["resize"]
    assert measure(manifest).arrays["width"].tolist() == [40, 40]


def test_what_is_stored_is_what_the_box_marks(tmp_path):
    draw(tmp_path, "a.png")
    annotations = [{"image_id": 0, "category_id": c, "bbox": [5 + 10 * c, 4, 6, 6]} for c in (0, 1)]
    told = {"images": [{"id": 0, "file_name": "a.png"}], "categories": [{"id": 0, "name": "s"}, {"id": 1, "name": "y"}]}
    write(tmp_path, "x.json", json.dumps(told | {"annotations": annotations}))
    manifest = read(tmp_path)
    stored = plan(manifest, ImageOptions(size=(6, 6), dtype="uint8")).encode(manifest).arrays["x"]
    assert stored[0, 0].tolist() == [[5 + x, 4, 0] for x in range(6)]
    assert stored[1, -1].tolist() == [[15 + x, 9, 0] for x in range(6)]


def test_figures_are_those_of_the_cut(tmp_path):
    found = measure(read(scenes(tmp_path, count=2)))
    assert found.arrays["width"].tolist() == [16, 17, 16, 17]
    assert found.arrays["height"].tolist() == [18] * 4
    assert len(set(found.arrays["pixel_hash"].tolist())) == 4
    assert len(set(found.contents)) == 2  # of the files


def test_equal_cuts_of_unlike_pictures_are_copies_and_others_are_none(tmp_path):
    scenes(tmp_path)
    assert not {"duplicates_across_groups", "duplicates_within_groups", "contradicting_labels"} & set(findings(check_source(tmp_path)))
    source, target = (np.array(Image.open(tmp_path / "images" / name)) for name in ("00.png", "01.png"))
    target[3:21, 2:18] = source[3:21, 2:18]  # the first sign of both
    Image.fromarray(target).save(tmp_path / "images" / "01.png")
    found = findings(check_source(tmp_path))
    assert found["duplicates_across_groups"].count == 2
    assert "contradicting_labels" not in found
    target[3:21, 32:48] = source[3:21, 2:18]
    Image.fromarray(target).save(tmp_path / "images" / "01.png")
    told = json.loads((tmp_path / "signs.json").read_text())
    told["annotations"][3]["bbox"] = [32, 3, 16, 18]  # now it is a copy of a stop sign, called yield
    write(tmp_path, "signs.json", json.dumps(told))
    assert findings(check_source(tmp_path))["contradicting_labels"].count == 3


def test_the_cut_is_shown(tmp_path):
    manifest = read(scenes(tmp_path, count=1))
    assert [decode(address).shape for address in Show().pictures(manifest)] == [(18, 16, 3), (18, 17, 3)]


def test_each_box_is_found_again_among_those_of_its_picture(tmp_path):
    scenes(tmp_path)
    preprocess_images(tmp_path, tmp_path / "signs.h5", images=ImageOptions(size=(12, 12)))
    file = open_dataset(tmp_path / "signs.h5")
    rows = list_samples(file)
    stored = list(TakeSamples(file)(rows))
    originals = find_originals(file.pipeline, file.source["root"], rows, stored=stored)
    assert originals.columns["box"][:, 0].tolist() == [2 if label == 0 else 32 for label in rows.label]
    assert [stage.name for stage in replay(file.pipeline, originals, stored)] == ["as read", "crop_box", "resize(height=12, width=12)"]
    page = tmp_path / "page.html"
    report_source(tmp_path / "signs.h5", page)
    assert 'aria-label="Before and after crop_box."' in page.read_text(encoding="utf-8")


def test_rows_of_a_picture_stay_in_one_split(tmp_path):
    scenes(tmp_path)
    preprocess_images(tmp_path, tmp_path / "signs.h5", images=ImageOptions(size=(12, 12)))
    rows = list_samples(open_dataset(tmp_path / "signs.h5"))
    split = {}
    for name, part in zip(rows.origin, rows.split.tolist(), strict=True):
        assert split.setdefault(name, part) == part
    assert set(split.values()) == {0, 1, 2}


def test_a_picture_that_was_scaled_since_it_was_annotated_is_listed(tmp_path):
    scenes(tmp_path, count=2)
    draw(tmp_path, "images/00.png", width=30, height=20)
    manifest = read(tmp_path)
    reason = "picture must be of 60 × 40 pixels upright, as its boxes were marked in, got 30 × 20"
    assert dict(measure(manifest).failures) == {0: reason, 1: reason}
    assert dict(plan(manifest).encode(manifest).failures) == {0: reason, 1: reason}


def test_rows_without_a_box_among_cut_ones_are_listed(tmp_path):
    draw(tmp_path, "a.png")
    write(tmp_path, "list.csv", "path,label,x1,y1,x2,y2\na.png,stop,1,1,4,4\na.png,yield,,,,\n")
    manifest = read(tmp_path / "list.csv")
    (failure,) = measure(manifest).failures.items()
    assert failure[0] == 1
    assert "box must be given" in failure[1]


def test_a_pipeline_of_whole_pictures_sees_the_cut(tmp_path):
    draw(tmp_path, "signs/a.png")
    whole = plan(read(tmp_path, ReadOptions()), ImageOptions(size=(4, 4), dtype="uint8")).pipeline
    write(tmp_path, "list.csv", "path,label,x1,y1,x2,y2\nsigns/a.png,s,1,2,4,5\nsigns/a.png,y,9,9,12,12\n")
    stored = encoder(whole)(read(tmp_path / "list.csv")).arrays["x"]
    assert stored[0, 0, 0].tolist() == [1, 2, 0]
    assert stored[1, 3, 3].tolist() == [12, 12, 0]


@pytest.mark.parametrize("box", [[-4, -4, 9, 9], [55, 35, 30, 30]])
def test_what_reaches_over_the_edge_is_clipped(tmp_path, box):
    scenes(tmp_path, count=1)
    told = json.loads((tmp_path / "signs.json").read_text())
    told["annotations"] = [{"image_id": 0, "category_id": 0, "bbox": box}]
    write(tmp_path, "signs.json", json.dumps(told))
    assert measure(read(tmp_path)).arrays["width"].tolist() == [5]
