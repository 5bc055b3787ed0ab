"""Texts, and tables of texts, as people have them."""

import bz2
import gzip
import json
import lzma

from tests.layouts.cases import Case, Read, Refused
from tests.layouts.drawing import say, sentence, table, write

ROWS = [[sentence(i), "ab"[i % 2]] for i in range(24)]
HALVES = {"a": 12, "b": 12}


def texts_in_class_folders(folder):
    return say(folder, "{a,b}/{0..11}.txt")


def unlabelled_parts(folder):
    return say(folder, "train/{0..9}.txt", "val/{0..2}.txt", "test/{0..3}.txt")


def parts_that_are_files(folder):
    for name, first, count in (("train", 0, 20), ("dev", 100, 5), ("test", 200, 6)):
        write(folder, f"{name}.txt", "".join(f"{sentence(first + i)}\n" for i in range(count)))
    return folder


def parts_that_are_tables(folder):
    for name, first, count in (("train", 0, 20), ("dev", 100, 4), ("test", 200, 4)):
        rows = [[sentence(first + i), "ab"[i % 2]] for i in range(count)]
        write(folder, f"{name}.tsv", table([["text", "label"], *rows], "\t"))
    return folder


def parts_that_are_json_lines(folder):
    for name, first, count in (("train", 0, 20), ("validation", 100, 4)):
        rows = [{"text": sentence(first + i), "label": i % 2} for i in range(count)]
        write(folder, f"{name}.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    return folder


def classes_that_are_files(folder):
    for name, first in (("pos", 0), ("neg", 100)):
        write(folder, f"{name}.txt", "".join(f"{sentence(first + i)}\n" for i in range(12)))
    return folder


def fast_text(folder):
    return write(folder, "reviews.txt", "".join(f"__label__{label} {text}\n" for text, label in ROWS))


def a_table(folder):
    return write(folder, "reviews.csv", table([["text", "label"], *ROWS]))


def a_table_with_pipes(folder):
    return write(folder, "reviews.csv", table([["text", "label"], *ROWS], "|"))


def a_table_of_a_spreadsheet(folder):
    return write(folder, "reviews.csv", "sep=;\n" + table([["text", "label"], *ROWS], ";"))


def a_table_in_utf_16(folder):
    return write(folder, "reviews.csv", table([["text", "label"], *ROWS]).encode("utf-16"))


def a_table_with_quotes_as_text(folder):
    lines = [f"{chr(34) * (i % 5 == 0)}{text}\t{label}\n" for i, (text, label) in enumerate(ROWS)]
    return write(folder, "reviews.tsv", "text\tlabel\n" + "".join(lines))


def a_table_without_header(folder):
    return write(folder, "reviews.csv", table([[label, f"title, {i}", text] for i, (text, label) in enumerate(ROWS)]))


def a_table_with_spellings(folder):
    spelled = ["1", "1.0", "0", "0.0"]
    return write(folder, "reviews.csv", table([["text", "label"], *([text, spelled[i % 4]] for i, (text, _) in enumerate(ROWS))]))


def objects_whose_first_lacks_its_split(folder):
    rows = [{"text": text, "label": label, "split": "test" if i % 4 < 2 else "train"} for i, (text, label) in enumerate(ROWS)]
    rows = [{"text": "a good film", "label": "a"}, *rows]
    return write(folder, "reviews.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


def an_array_of_objects(folder):
    return write(folder, "reviews.json", json.dumps([{"text": text, "label": label} for text, label in ROWS]))


def compressed_by_gzip(folder):
    return write(folder, "reviews.csv.gz", gzip.compress(table([["text", "label"], *ROWS]).encode(), mtime=0))


def compressed_by_xz(folder):
    return write(folder, "reviews.csv.xz", lzma.compress(table([["text", "label"], *ROWS]).encode()))


def compressed_by_bzip2(folder):
    return write(folder, "novel.txt.bz2", bz2.compress("".join(f"{text}\n" for text, _ in ROWS).encode()))


def one_long_line(folder):
    return write(folder, "text8.txt", " ".join(sentence(i) for i in range(12_000)))


def notes_alone(folder):
    write(folder, "readme.txt", "what this is\n")
    write(folder, "classes.txt", "cat\ndog\n")
    return folder


CASES = [
    Case(texts_in_class_folders, "text", Read({"unsplit": 24}, HALVES)),
    Case(unlabelled_parts, "text", Refused("--label none", {"--label none": Read({"train": 10, "val": 3, "test": 4}, None)})),
    Case(parts_that_are_files, "text", Read({"train": 20, "val": 5, "test": 6}, None)),
    Case(parts_that_are_tables, "text", Read({"train": 20, "val": 4, "test": 4}, {"a": 14, "b": 14})),
    Case(parts_that_are_json_lines, "text", Read({"train": 20, "val": 4}, {"0": 12, "1": 12})),
    Case(classes_that_are_files, "text", Read({"unsplit": 24}, {"neg": 12, "pos": 12})),
    Case(fast_text, "text", Read({"unsplit": 24}, HALVES)),
    Case(a_table, "text", Read({"unsplit": 24}, HALVES)),
    Case(a_table_with_pipes, "text", Read({"unsplit": 24}, HALVES)),
    Case(a_table_of_a_spreadsheet, "text", Read({"unsplit": 24}, HALVES)),
    Case(a_table_in_utf_16, "text", Read({"unsplit": 24}, HALVES)),
    Case(a_table_with_quotes_as_text, "text", Read({"unsplit": 24}, HALVES)),
    Case(a_table_without_header, "text", Read({"unsplit": 24}, HALVES), "--no-header --columns text=3,label=1"),
    Case(a_table_without_header, "text", Refused("--no-header")),
    Case(a_table_with_spellings, "text", Read({"unsplit": 24}, {"0": 12, "1": 12}, None, ("1.0",))),
    Case(objects_whose_first_lacks_its_split, "text", Read({"train": 12, "test": 12}, HALVES, skipped=1)),
    Case(an_array_of_objects, "text", Read({"unsplit": 24}, HALVES)),
    Case(compressed_by_gzip, "text", Read({"unsplit": 24}, HALVES)),
    Case(compressed_by_xz, "text", Read({"unsplit": 24}, HALVES)),
    Case(compressed_by_bzip2, "text", Read({"unsplit": 24}, None)),
    Case(one_long_line, "text", Refused("All is one text, which no split can cut", {"--layout pieces": Read({"unsplit": 8}, None)})),
    Case(notes_alone, "text", Refused("readme.txt")),
]
