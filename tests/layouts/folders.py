"""Folders of pictures as people have them."""

from tests.layouts.cases import Case, Read, Refused
from tests.layouts.drawing import SIGN, expand, put, table, write

TWO = {"a": 12, "b": 12}
TEN = {"a": 10, "b": 10}


def class_folders(folder):
    return put(folder, "{a,b}/{0..11}.png")


def parts_of_class_folders(folder):
    return put(folder, "train/{a,b}/{0..7}.png", "val/{a,b}/{0..1}.png", "test/{a,b}/{0..1}.png")


def dev_beside_train_and_test(folder):
    return put(folder, "train/{a,b}/{0..7}.png", "dev/{a,b}/{0..1}.png", "test/{a,b}/{0..1}.png")


def parts_with_years(folder):
    return put(folder, "train2017/{a,b}/{0..9}.png", "val2017/{a,b}/{0..1}.png")


def parts_in_capitals(folder):
    return put(folder, "TRAIN/{a,b}/{0..9}.png", "TEST/{a,b}/{0..1}.png")


def parts_that_hold_themselves(folder):
    put(folder, "seg_train/seg_train/{a,b}/{0..9}.png", "seg_test/seg_test/{a,b}/{0..1}.png")
    return put(folder, "seg_pred/seg_pred/{0..4}.png")


def parts_called_sets(folder):
    return put(folder, "training_set/training_set/{a,b}/{0..9}.png", "test_set/test_set/{a,b}/{0..1}.png")


def a_folder_too_deep(folder):
    return put(folder, "archive/train/{a,b}/{0..9}.png", "archive/test/{a,b}/{0..1}.png")


def pictures_inside_each_class(folder):
    put(folder, "train/{a,b}/images/{0..9}.png", "val/{a,b}/images/{0..1}.png")
    return write(folder, "train/a/a_boxes.txt", "0.png\t0\t0\t4\t4\n").parent.parent.parent


def parts_without_classes(folder):
    return put(folder, "train/{0..9}.png", "test/{0..4}.png")


def pictures_alone(folder):
    put(folder, "{0..9}.png")
    write(folder, "labels.csv", table([["path", "label"], *([f"{i}.png", "ab"[i % 2]] for i in range(10))]))
    return folder


def the_table_beside_them(folder):
    return pictures_alone(folder) / "labels.csv"


def classes_inside_classes(folder):
    return put(folder, "train/{red,blue}/{a,b,c}/{0..3}.png")


def people_inside_classes(folder):
    return put(folder, "{smile,frown}/{ann,bob,cy,di}/{0..2}.png")


def two_folders_of_one_part(folder):
    return put(folder, "Train/{a,b}/{0..9}.png", "train/{a,b}/{0..9}.png", "test/{a,b}/{0..1}.png")


def containers(folder):
    return put(folder, "images/{0..9}.png", "masks/{0..9}.png")


def unlabelled_beside_classes(folder):
    return put(folder, "{a,b}/{0..11}.png", "unlabeled/{0..6}.png")


def a_test_part_without_labels(folder):
    return put(folder, "train/{a,b}/{0..9}.png", "test/{0..4}.png")


def a_test_part_that_a_table_names(folder):
    put(folder, "train/{a,b}/{0..9}.png", "test/t{0..4}.png")
    write(folder, "test.csv", table([["id", "label"], *([f"t{i}", "a"] for i in range(5))]))
    return folder


def classes_in_names(folder):
    return put(folder, "train/{cat,dog}.{0..11}.jpg")


def frames_in_names(folder):
    return put(folder, "{a,b}/0000{0..3}_0000{0..2}.png")


def a_class_called_train(folder):
    return put(folder, "{train,plane}/{0..11}.png")


def kaggle(folder):
    """GTSRB's form on Kaggle: tables beside folders, tracks in names, each folder once more in small letters."""
    names = [name for c in "01" for name in expand(f"Train/{c}/0000{c}_0000{{0..3}}_0000{{0..2}}.png")]
    put(folder, *names, "Test/0000{0..3}.png", "Meta/{0,1}.png", "meta/{0,1}.png")
    rows = [["8", "8", "1", "1", "6", "6", name.split("/")[1], name] for name in names]
    write(folder, "Train.csv", table([SIGN.split(","), *rows]))
    rows = [["8", "8", "1", "1", "6", "6", str(i % 2), f"Test/0000{i}.png"] for i in range(4)]
    write(folder, "Test.csv", table([SIGN.split(","), *rows]))
    return folder


def belgium(folder):
    """BelgiumTS: Training and Testing, a table in each class folder."""
    for part in ("Training", "Testing"):
        for label in ("00000", "00001"):
            names = expand("0000{0..3}_0000{0..1}.ppm")
            put(folder / part / label, *names)
            rows = [[name, "8", "8", "1", "1", "6", "6", label[-1]] for name in names]
            header = SIGN.replace(",Path", "").split(",")
            write(folder, f"{part}/{label}/GT-{label}.csv", table([["Filename", *header], *rows], ";"))
    return folder


def gtsrb(folder):
    """The benchmark's final stage as its archives unpack."""
    header = ["Filename", *SIGN.replace(",Path", "").split(",")]
    for label in ("00000", "00014"):
        names = expand("0000{0..3}_0000{0..2}.ppm")
        place = f"GTSRB/Final_Training/Images/{label}"
        put(folder / place, *names)
        write(folder, f"{place}/GT-{label}.csv", table([header, *([n, "8", "8", "1", "1", "6", "6", str(int(label))] for n in names)], ";"))
    place = "GTSRB/Final_Test/Images"
    put(folder / place, "0000{0..3}.ppm")
    rows = [[f"0000{i}.ppm", "8", "8", "1", "1", "6", "6", "14"] for i in range(4)]
    write(folder, f"{place}/GT-final_test.csv", table([header, *rows], ";"))
    return folder


def gtsrb_a_folder_a_zip(folder):
    """The same, each archive unpacked into a folder of its name."""
    source = gtsrb(folder / "once")
    for archive, inside in (("GTSRB_Final_Training_Images", "Final_Training"), ("GTSRB_Final_Test_Images", "Final_Test")):
        (folder / archive / "GTSRB").mkdir(parents=True)
        (source / "GTSRB" / inside).rename(folder / archive / "GTSRB" / inside)
    (folder / "GTSRB_Final_Test_GT").mkdir()
    truth = folder / "GTSRB_Final_Test_Images/GTSRB/Final_Test/Images/GT-final_test.csv"
    truth.rename(folder / "GTSRB_Final_Test_GT/GT-final_test.csv")
    (source / "GTSRB").rmdir()
    source.rmdir()
    return folder


SIGNS = Read({"unsplit": 24, "test": 4}, {"00000": 12, "00014": 16}, 12, ("as distributed", "Stop"))
PARTS = Read({"train": 20, "test": 4}, TWO)
NESTED = "class folders must be without folders of samples inside"

CASES = [
    Case(class_folders, "images", Read({"unsplit": 24}, TWO, None, ("groups +unknown",))),
    Case(parts_of_class_folders, "images", Read({"train": 16, "val": 4, "test": 4}, TWO)),
    Case(dev_beside_train_and_test, "images", Read({"train": 16, "val": 4, "test": 4}, TWO, None, ("val +4 samples from dev/",))),
    Case(parts_with_years, "images", Read({"train": 20, "val": 4}, TWO)),
    Case(parts_in_capitals, "images", PARTS),
    Case(parts_that_hold_themselves, "images", Read({"train": 20, "test": 4}, TWO, None, ("seg_pred: .* 5 pictures",), 1)),
    Case(parts_called_sets, "images", PARTS),
    Case(a_folder_too_deep, "images", Read({"train": 20, "test": 4}, TWO, None, ("Everything lies in archive/",))),
    Case(pictures_inside_each_class, "images", Read({"train": 20, "val": 4}, TWO)),
    Case(parts_without_classes, "images", Refused("class folders in train/ and test/", {
        "--classes top": Read({"unsplit": 15}, {"test": 5, "train": 10}),
    })),
    Case(pictures_alone, "images", Refused("pictures without class folders.*labels.csv")),
    Case(the_table_beside_them, "images", Read({"unsplit": 10}, {"a": 5, "b": 5})),
    Case(classes_inside_classes, "images", Refused(NESTED, {
        "--classes top": Read({"train": 24}, {"blue": 12, "red": 12}),
        "--classes leaf": Read({"train": 24}, {f"{c}/{d}": 4 for c in ("blue", "red") for d in "abc"}),
    })),
    Case(people_inside_classes, "images", Refused(NESTED, {"--classes top": Read({"unsplit": 24}, {"frown": 12, "smile": 12})})),
    Case(people_inside_classes, "images", Read({"unsplit": 24}, {"frown": 12, "smile": 12}, 4), '--classes top --group "regex:/(.+)/"'),
    Case(two_folders_of_one_part, "images", Refused("got Train/ and train/", {"--parts train=Train,test=test": PARTS})),
    Case(containers, "images", Refused("folders must be named for classes, got images/ and masks/")),
    Case(unlabelled_beside_classes, "images", Read({"unsplit": 24}, TWO, None, ("unlabeled: 7 pictures without a class",), 1)),
    Case(a_test_part_without_labels, "images", Read({"train": 20}, TEN, None, ("test/ holds 5 pictures without class folders",), 5)),
    Case(a_test_part_that_a_table_names, "images", Refused("while test.csv names them", {"--parts train=train": Read({"train": 20}, TEN)})),
    Case(classes_in_names, "images", Read({"train": 24}, {"cat": 12, "dog": 12}), '--classes "regex:([a-z]+)\\.\\d+\\."'),
    Case(classes_in_names, "images", Refused("must have class folders in train/")),
    Case(frames_in_names, "images", Read({"unsplit": 24}, TWO, None, ("numbered frames of 8 sequences",))),
    Case(frames_in_names, "images", Read({"unsplit": 24}, TWO, 8), '--group "regex:^(.+)_"'),
    Case(frames_in_names, "images", Refused("group must be a pattern that some path has"), '--group "regex:person"'),
    Case(frames_in_names, "images", Refused("group must be auto, none or regex:PATTERN"), "--group track"),
    Case(a_class_called_train, "images", Read({"unsplit": 24}, {"plane": 12, "train": 12})),
    Case(kaggle, "images", Read({"unsplit": 24, "test": 4}, {"0": 14, "1": 14}, 12, (
        "as on Kaggle", "0 Speed limit 20 km/h", "passed over Meta",
    ))),
    Case(belgium, "images", Read({"unsplit": 16, "test": 16}, {"00000": 16, "00001": 16}, 16)),
    Case(gtsrb, "images", SIGNS),
    Case(gtsrb_a_folder_a_zip, "images", SIGNS),
]  # fmt: skip
