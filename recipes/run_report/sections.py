"""How a run's page is made up: what was read and seen comes in, sections in the order of the page and the same as plain data go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipes.confusion import measure_classes
from recipes.look.mistakes import Mistake
from recipes.run_report.fit import Alike
from recipes.run_report.judge import tell_metrics
from recipes.run_report.network import SeenNetwork
from recipes.run_report.on_val import OnVal
from recipes.run_report.plots import Figure, plot_confusion, plot_curves
from recipes.run_report.records import Record
from toolkit.errors import printable
from toolkit.report.gallery import Shown
from toolkit.report.sections import Fold, Note, Part, Pictures, Plots, Section, Table

__all__ = ["MAX_MISTAKES", "show_classes", "show_curves", "show_ledgers", "show_mistakes", "show_network", "show_setup"]

MAX_MISTAKES, MAX_PAIRS = 48, 40
"""What the page shows of each; the JSON file has all mistakes and pairs."""

LOSSES = {"train/loss": Figure("training", "train"), "val/loss": Figure("validation", "val")}
OTHERS = ("val", "test", "not split")


def show_curves(records: Sequence[Record], alike: Alike | None = None) -> Section:
    """Draw losses, the other figures of val, and the learning rate, a line a run.

    Args:
        records: The runs.
        alike: What was measured on training samples and on val, to be told below.
    """
    runs = [record.curves for record in records]
    best = records[0].best_epoch if len(records) == 1 and records[0].selected else None
    names = sorted({name for run in runs for name in run if name.startswith("val/") and name != "val/loss"})[: len(OTHERS)]
    others = {name: Figure(name[4:].replace("_", " "), colour) for name, colour in zip(names, OTHERS, strict=False)}
    rate = {"learning_rate": Figure("learning rate", "train")}
    marked = f" Epoch {best}, whose checkpoint is kept, is marked." if best else ""
    caption = f"Loss: the mean over an epoch's training steps stands in its middle, half an epoch before the validation at its end.{marked}"
    drawn = (
        (LOSSES, caption, "loss", best),
        (others, f"Figures of val at each epoch's end.{marked}", "value", best),
        (rate, "Learning rate of each epoch's last step.", "learning rate", None),
    )
    there = set().union(*runs)
    plots = [plot_curves(runs, figures, text, label=label, best=mark) for figures, text, label, mark in drawn if there & figures.keys()]
    if not plots:
        return Section("curves", "Learning curves", [])
    notes = [Note(text) for text in dict.fromkeys(line for record in records for line in _caveats(record))]
    beside: list[Part] = []
    if alike:
        rows = [("train", alike.samples, alike.accuracy), ("val", alike.val_samples, alike.val_accuracy)]
        how = "Measured alike, by the checkpoint that counts, without augmentation or dropout; what lies between is over-fitting."
        beside = [Table("Training samples beside val", ("split", "samples", "accuracy"), rows), Note(how)]
    return Section("curves", "Learning curves", [Plots(plots), *notes, *beside])


def _caveats(record: Record) -> list[str]:
    smoothing = record.option("model", "init_args", "label_smoothing")
    named = {"augmentation": record.option("data", "init_args", "augment"), "label smoothing": smoothing}
    under = ", ".join(name for name, value in {**named, "dropout": record.option("network", "init_args", "dropout")}.items() if value)
    lines = [f"Training loss is measured under {under}, validation loss without: the one may well stand above the other."] if under else []
    if not record.whole_epochs and "train/loss" in record.curves:
        lines.append("This run logged some training steps alone: its training loss is their mean in each epoch.")
    return lines


def show_classes(matrices: Sequence[NDArray[np.int64]], classes: Sequence[str]) -> tuple[list[Section], dict[str, Any]]:
    """Show the confusion matrix of one run, or the sum of several, its heaviest confusions, and each class's figures, the worst first.

    Args:
        matrices: One a run, int64, shape (K, K): rows true, columns predicted.
        classes: Their K names.
    """
    matrix = np.sum(matrices, axis=0)
    measures = measure_classes(matrix)
    if len(matrices) > 1:
        each = [measure_classes(one) for one in matrices]
        measures = {name: np.mean([one[name] for one in each], axis=0) for name in measures}
        measures |= {"f1_std": np.std([one["f1"] for one in each], axis=0, ddof=1)}
        measures["samples"] = measures.pop("samples")
    wrong = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-wrong, axis=None, kind="stable")[: int((wrong > 0).sum())]
    pairs = [(classes[i], classes[j], int(wrong[i, j])) for i, j in zip(*np.unravel_index(order, wrong.shape), strict=True)]
    rows: list[list[Any]] = [
        [name, *(float(values[i]) for key, values in measures.items() if key != "samples"), int(measures["samples"][i])]
        for i, name in enumerate(classes)
    ]
    confused: list[Part] = [Plots([plot_confusion(matrix, classes)], wide=True)] if matrix.sum() else []
    if pairs:
        confused.append(Table("Heaviest confusions", ("class", "taken for", "count"), pairs[:MAX_PAIRS]))
    if len(pairs) > MAX_PAIRS:
        confused.append(Note(f"The {MAX_PAIRS} most frequent of {len(pairs):,} confusions; the JSON file has them all."))
    said = {
        "confusion": {"classes": list(classes), "counts": matrix.tolist()},
        "confusions": [{"class": true, "taken_for": other, "count": count} for true, other, count in pairs],
        "classes": [dict(zip(("name", *measures), row, strict=True)) for row in rows],
    }
    worst_first = sorted(rows, key=lambda row: (not row[-1], row[1 + list(measures).index("f1")]))  # those without samples come last
    head = {"f1": "F1", "f1_std": "deviation of F1"}
    table = Table("Figures of each class", ("class", *(head.get(name, name) for name in measures)), worst_first)
    note = "The lowest F1 first." + f" Means of {len(matrices)} runs; samples are a run's." * (len(matrices) > 1)
    return [Section("confusion", "Confusion matrix", confused), Section("classes", "Classes", [table, Note(note)])], said


def show_mistakes(seen: OnVal) -> tuple[Section, dict[str, Any]]:
    """Show the worst mistakes, as pictures or excerpts."""
    worst, split = seen.mistakes.worst_first, seen.mistakes.split
    shown = [_show_mistake(*one) for one in zip(worst, seen.pictures, seen.excerpts, strict=False)]
    note = f"{len(worst):,} mistakes on {seen.mistakes.samples:,} samples of {split} in {printable(seen.path, 200)}."
    note += f" The {len(shown)} worst by loss: the less probable the true class was held to be, the worse." if shown else ""
    pictures: list[Part] = [Pictures(shown)] if shown else []
    said = {"mistakes": asdict(seen.mistakes), "alike": None if seen.alike is None else asdict(seen.alike)}
    return Section("mistakes", "Worst mistakes", [Note(note), *pictures]), said


def _show_mistake(one: Mistake, picture: str, excerpt: str) -> Shown:
    lines = f"taken for: {one.predicted}", f"at {one.probability:.3f}, loss {one.loss:.1f}"
    return Shown(picture, one.source, f"true: {one.true}", lines, excerpt)


def show_network(seen: SeenNetwork) -> tuple[list[Section], dict[str, Any]]:
    """Show what networks of its kind alone have, and the layers' table."""
    own, told = seen.own.show() if seen.own is not None else ([], {})
    return [*own, _show_table(seen)], {"layers": [asdict(layer) for layer in seen.layers], "parameters": seen.parameters, **told}


def _show_table(seen: SeenNetwork) -> Section:
    rows: list[tuple[str | float | None, ...]] = []
    for layer in seen.layers:
        sizes = (_times(size) for size in (layer.kernel, layer.stride, layer.padding, layer.output))
        rows.append((layer.name, layer.kind, *sizes, layer.parameters, layer.parameters_arithmetic))
    head = ("layer", "kind", "kernel", "stride", "padding", "output", "parameters", "by the formula")
    differ = [layer.name for layer in seen.layers if layer.agrees is False]
    agree = f"differ in {', '.join(differ)}" if differ else "agree wherever one is known"
    note = f"{seen.parameters:,} parameters in all. Outputs for {seen.traced} and parameters, by torch and by the formulas, {agree}."
    filled = [i for i in range(len(head)) if any(row[i] for row in rows)]
    table = Table("Layers", [head[i] for i in filled], [[row[i] for i in filled] for row in rows])
    return Section("network", "Network", [table, Note(note)] if rows else [])


def show_ledgers(records: Sequence[Record]) -> Section:
    """Show the ledgers: what was chosen by what, and which split was read when."""
    rows = []
    for record in records:
        run = f"{record.folder.name}, " if len(records) > 1 else ""
        rows += [
            (f"{run}{line.get('time', '')}", *(str(line.get(key, "")) for key in ("event", "split")), _tell_facts(line))
            for line in record.ledger
        ]
    reads = sum(row[1:3] == ("read", "test") for row in rows)
    note = Note(f"Test was read {reads} time{'' if reads == 1 else 's'} in all.")
    return Section(
        "ledger", "Ledger", [Table("What the run looked at and chose", ("time", "event", "split", "what"), rows), note] if rows else []
    )


def _tell_facts(line: Mapping[str, Any]) -> str:
    facts = {name: value for name, value in line.items() if name not in ("time", "event", "split")}
    metrics = facts.pop("metrics", None)
    told = [tell_metrics(metrics)] if isinstance(metrics, dict) and all(isinstance(value, float) for value in metrics.values()) else []
    return "; ".join([*told, *(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items())])


def show_setup(record: Record, costs: Mapping[str, Any]) -> Section:
    """Show what the run cost, and the configuration that it began with, folded.

    Args:
        record: The run.
        costs: Epochs, seconds and flops, as far as they are known.
    """
    units = {"epochs": ("epochs", 1.0), "flops": ("TFLOP of training", 1e-12), "seconds": ("minutes", 1 / 60)}
    rows = [(told, float(costs[name]) * factor) for name, (told, factor) in units.items() if name in costs]
    parts: list[Part] = [Table("What it cost", ("cost", "value"), rows)] if rows else []
    return Section("setup", "Cost and configuration", [*parts, Fold("The resolved configuration, config.yaml", record.config)])


def _times(sizes: Sequence[float] | None) -> str:
    return "" if sizes is None else "×".join(f"{size:g}" for size in sizes)
