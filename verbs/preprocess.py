"""The verbs `preprocess KIND`: raw files come in, one dataset file goes out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from verbs.answer import Json, default, progress_bars, tell

__all__ = ["images"]


def images(
    source: Path,
    out: Path,
    /,
    *,
    size: Annotated[str | None, default("size")] = None,
    steps: str | None = None,
    fit: Annotated[str | None, default("fit")] = None,
    dtype: Annotated[str | None, default("dtype")] = None,
    split: Annotated[str | None, default("split")] = None,
    stratify: Annotated[bool | None, Parameter(negative="--no-stratify"), default("stratify")] = None,
    balance: str | None = None,
    balance_by: Annotated[str | None, default("balance_by")] = None,
    seed: Annotated[int | None, default("seed")] = None,
    layout: Annotated[str | None, default("layout")] = None,
    group: Annotated[str | None, default("group")] = None,
    columns: str | None = None,
    workers: int | None = None,
    on_error: Annotated[str | None, default("on_error")] = None,
    overwrite: bool | None = None,
    config: Path | None = None,
    as_json: Json = False,
) -> int:
    """Turn pictures into one dataset file.

    For example:

        foudre preprocess images GTSRB signs.h5 --size 48
        foudre preprocess images photos/ photos.h5 --fit pad --split 0.8,0.2
        foudre preprocess images list.csv list.h5 --columns path=file

    Args:
        source: A folder a class (also inside train/, val/, test/), the GTSRB distribution, or a CSV of paths and labels.
        out: The dataset file to write, OUT.h5. The same command on unchanged input does nothing.
        size: Side of all pictures, or their height,width: 48 or 48,64.
        steps: Transforms in order, with their arguments: "crop_box(margin=0.1), grayscale, clahe"; none unless given.
        fit: How a picture gets its size: stretch, or pad, which keeps its proportions.
        dtype: How pixels are stored: float16, uint8 or float32.
        split: Shares of train,val,test or of train,val. A test part that the source brings stays the test part.
        stratify: Spread every class over the parts in the same shares.
        balance: Samples that each training class is to have: max or median of the classes, or a number. Not balanced unless given.
        balance_by: How: copies of small classes, augmented; drop some of large ones; both; weights: training draws small ones more often.
        seed: Draws which samples or groups go to which part, and how copies differ.
        layout: How the source is laid out: auto, folder, gtsrb or csv.
        group: What no split may cut: track, none, or a column of the CSV.
        columns: The CSV's own column names: path=file,label=kind.
        workers: Processes that decode; one for each processor unless given.
        on_error: What a bad input does: skip lists it and goes on, fail lists all of them and writes nothing.
        overwrite: Replace whatever stands at OUT.h5.
        config: YAML file with values for these options, by name; the command line wins.
    """
    with progress_bars() as progress:
        from toolkit.options import image_options
        from toolkit.preprocess import preprocess_images

        options = image_options(
            config,
            size=size, steps=steps, fit=fit, dtype=dtype, split=split, stratify=stratify,
            balance=balance, balance_by=balance_by, seed=seed,
            layout=layout, group=group, columns=columns, workers=workers, on_error=on_error, overwrite=overwrite,
        )  # fmt: skip
        answer = preprocess_images(source, out, **options, progress=progress)
    return tell(answer, as_json)
