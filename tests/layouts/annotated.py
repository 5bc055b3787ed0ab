"""Pictures in tables, with annotations, and in files and archives that hold many, as people have them."""

import gzip
import json
import shutil
import struct
import tarfile

import numpy as np

from tests.layouts import folders
from tests.layouts.cases import Case, Read, Refused
from tests.layouts.drawing import expand, picture, pixels, put, table, write

HALVES = {"a": 12, "b": 12}
SIGNS = {"stop": 6, "yield": 6}
NAMES = expand("{00..23}.png")


def a_list(folder):
    put(folder, *NAMES)
    return write(folder, "list.csv", table([["path", "label"], *([name, "ab"[i % 2]] for i, name in enumerate(NAMES))]))


def a_list_of_other_columns(folder):
    put(folder, *NAMES)
    return write(folder, "list.tsv", table([["file", "kind"], *([name, "ab"[i % 2]] for i, name in enumerate(NAMES))], "\t"))


def a_list_without_header(folder):
    put(folder, *NAMES)
    return write(folder, "list.csv", table([[name, "ab"[i % 2]] for i, name in enumerate(NAMES)]))


def a_list_of_numbers_without_endings(folder):
    put(folder / "images", *NAMES)
    return write(folder, "list.csv", table([["path", "label"], *([name[:-4], "ab"[i % 2]] for i, name in enumerate(NAMES))]))


def a_list_of_paths_of_another_machine(folder):
    put(folder / "img", *NAMES)
    rows = [[f"/code/data/img/{name}", "ab"[i % 2]] for i, name in enumerate(NAMES)]
    return write(folder, "list.csv", table([["path", "label"], *rows]))


def a_list_with_backslashes(folder):
    put(folder / "img", *NAMES)
    return write(
        folder, "list.csv", table([["path", "label"], *([f"img\\{name}", " ab"[1 + i % 2] + " "] for i, name in enumerate(NAMES))])
    )


def scenes(folder):
    """Two signs a picture, in groups that only the pictures join."""
    put(folder, *NAMES[:12], side=40)
    rows = [[name, str(i % 2), "2", "5", "14.5", "20", f"A{i // 2}"] for i, name in enumerate(NAMES[:12])]
    rows += [[name, str(1 - i % 2), "22", "5", "34", "20", f"B{i // 2}"] for i, name in enumerate(NAMES[:12])]
    return write(folder, "list.csv", table([["path", "label", "x1", "y1", "x2", "y2", "group"], *rows]))


def voc(folder):
    put(folder / "JPEGImages", "{0..5}.png", side=40)
    sign = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>4</ymin><xmax>{}</xmax><ymax>20</ymax></bndbox></object>"
    for i in range(6):
        inside = sign.format("stop", 2, 18) + sign.format("yield", 22, 36)
        write(folder, f"Annotations/{i}.xml", f"<annotation><filename>{i}.png</filename>{inside}</annotation>")
    return folder


def yolo(folder):
    put(folder / "images", "train/{0..5}.png", "val/{0..1}.png", side=40)
    for part, count in (("train", 6), ("val", 2)):
        for i in range(count):
            write(folder, f"labels/{part}/{i}.txt", "0 0.3 0.3 0.4 0.4\n1 0.7 0.6 0.3 0.3\n")
    write(folder, "data.yaml", "path: .\ntrain: images/train\nval: images/val\nnames: {0: stop, 1: yield}\n")
    return folder


def coco(folder):
    put(folder / "train2017", "{0..5}.png", side=40)
    boxes = [(1, [2, 3, 15.5, 16]), (2, [22, 5, 14, 14])]
    annotations = [
        {"id": 2 * i + kind, "image_id": i, "category_id": kind, "bbox": box, "iscrowd": 0, "area": box[2] * box[3]}
        for i in range(6)
        for kind, box in boxes
    ]
    images = [{"id": i, "file_name": f"{i}.png", "width": 40, "height": 40} for i in range(6)]
    kinds = [{"id": 1, "name": "stop"}, {"id": 2, "name": "yield"}]
    write(folder, "annotations/instances_train2017.json", json.dumps({"images": images, "annotations": annotations, "categories": kinds}))
    return folder


def zipped(folder):
    put(folder / "in/photos", "train/{a,b}/{0..9}.png", "test/{a,b}/{0..1}.png")
    shutil.make_archive(str(folder / "photos"), "zip", folder / "in")
    return folder / "photos.zip"


def tarred(folder):
    folders.class_folders(folder / "in")
    with tarfile.open(folder / "photos.tar.gz", "w:gz") as archive:
        archive.add(folder / "in", ".")
    return folder / "photos.tar.gz"


def web_dataset(folder):
    folder.mkdir(parents=True)
    with tarfile.open(folder / "train-0000.tar", "w") as archive:
        for i, name in enumerate(NAMES):
            write(folder / "in", name, picture(name))
            write(folder / "in", f"{name[:-4]}.cls", str(i % 2))
            for part in (name, f"{name[:-4]}.cls"):
                archive.add(folder / "in" / part, part)
    shutil.rmtree(folder / "in")
    return folder


def mnist(folder):
    for part, count in (("train", 20), ("t10k", 4)):
        images = np.stack([pixels(f"{part}{i}")[..., 0] for i in range(count)])
        data = struct.pack(">IIII", 0x803, count, 8, 8) + images.tobytes()
        write(folder, f"{part}-images-idx3-ubyte.gz", gzip.compress(data, mtime=0))
        labels = struct.pack(">II", 0x801, count) + bytes(i % 2 for i in range(count))
        write(folder, f"{part}-labels-idx1-ubyte.gz", gzip.compress(labels, mtime=0))
    return folder


def cifar(folder):
    for name, count in (("data_batch_1", 20), ("test_batch", 4)):
        records = b"".join(bytes([i % 2]) + pixels(f"{name}{i}", 32).transpose(2, 0, 1).tobytes() for i in range(count))
        write(folder, f"{name}.bin", records)
    write(folder, "batches.meta.txt", "cat\ndog\n")
    return folder


def pixel_table(folder):
    rows = [[str(i % 2), *map(str, pixels(str(i))[..., 0].ravel())] for i in range(24)]
    return write(folder, "train.csv", table([["label", *(f"pixel{i}" for i in range(64))], *rows]))


def parquet(folder):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "data").mkdir(parents=True)
    for part, count in (("train", 20), ("test", 4)):
        rows = [{"image": {"bytes": picture(f"{part}{i}"), "path": None}, "label": i % 2} for i in range(count)]
        pq.write_table(pa.Table.from_pylist(rows), folder / f"data/{part}-00000-of-00001.parquet")
    return folder


def metadata_beside_pictures(folder):
    for part, names in (("train", NAMES[:20]), ("test", NAMES[20:])):
        put(folder / part, *names)
        rows = [[name, "ab"[i % 2]] for i, name in enumerate(names)]
        write(folder, f"{part}/metadata.csv", table([["file_name", "label"], *rows]))
    return folder


BINARY = {"0": 12, "1": 12}
CASES = [
    Case(a_list, "images", Read({"unsplit": 24}, HALVES)),
    Case(a_list_of_other_columns, "images", Read({"unsplit": 24}, HALVES), "--columns path=file,label=kind"),
    Case(a_list_of_other_columns, "images", Refused("--columns path=")),
    Case(a_list_without_header, "images", Read({"unsplit": 24}, HALVES), "--no-header --columns path=1,label=2"),
    Case(a_list_without_header, "images", Refused("--no-header")),
    Case(a_list_of_numbers_without_endings, "images", Read({"unsplit": 24}, HALVES)),
    Case(a_list_of_paths_of_another_machine, "images", Read({"unsplit": 24}, HALVES)),
    Case(a_list_with_backslashes, "images", Read({"unsplit": 24}, HALVES)),
    Case(scenes, "images", Read({"unsplit": 24}, BINARY, 6)),
    Case(voc, "images", Read({"unsplit": 12}, SIGNS, 6)),
    Case(yolo, "images", Read({"train": 12, "val": 4}, {"stop": 8, "yield": 8}, 8)),
    Case(coco, "images", Read({"train": 12}, SIGNS, 6)),
    Case(zipped, "images", Read({"train": 20, "test": 4}, HALVES)),
    Case(tarred, "images", Read({"unsplit": 24}, HALVES)),
    Case(web_dataset, "images", Read({"unsplit": 24}, BINARY)),
    Case(mnist, "images", Read({"train": 20, "test": 4}, BINARY)),
    Case(cifar, "images", Read({"train": 20, "test": 4}, BINARY, None, ("cat", "dog"))),
    Case(pixel_table, "images", Read({"unsplit": 24}, BINARY)),
    Case(parquet, "images", Read({"train": 20, "test": 4}, BINARY), needs="pyarrow"),
    Case(metadata_beside_pictures, "images", Read({"train": 20, "test": 4}, HALVES)),
]
