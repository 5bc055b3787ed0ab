"""The verbs that use a checkpoint: `evaluate`, `predict`, `generate`, `look`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter

from verbs.answer import DONE, REFUSED, Answer, Json, each, plain, quiet, say, tell

__all__ = ["evaluate", "generate", "look", "predict"]


def evaluate(checkpoint: Path, file: Path, /, *, split: Literal["val", "test"] = "test", as_json: Json = False) -> int:
    """Measure a checkpoint on one part of a dataset file.

    For example:

        foudre evaluate best.ckpt signs.h5 --split test
        foudre evaluate runs/signs/001 signs.h5

    Args:
        checkpoint: What `foudre train` left, BEST.ckpt or the run's folder; of the folder of `--seeds` each run is measured.
        file: A dataset file, FILE.h5.
        split: The part to measure on: test or val.
    """
    with quiet():
        answer: Answer
        if (checkpoint / "runs.json").is_file():
            from recipes.repeat import evaluate_runs

            answer = evaluate_runs(checkpoint, file, split=split, say=say)
        else:
            from recipes.evaluate import evaluate as work

            answer = work(checkpoint, file, split=split)
    return tell(answer, as_json)


def predict(
    checkpoint: Path,
    /,
    *inputs: Annotated[Path, Parameter(required=True)],
    device: str = "cpu",
    steps: int | None = None,
    as_json: Json = False,
    **reading: Any,
) -> int:
    """Predict the classes of raw input, or how raw series go on.

    Input is files, folders or any source that `preprocess` takes, labelled or not.
    Whatever says how a source is read is as preprocess has it; labels and groups are not looked at.
    A .txt file is one text if the texts of training were files of their own, else
    a text a line, unless a layout says otherwise.
    A bad input is one line with its error; the rest go on, and the exit status is 1.

    For example:

        foudre predict best.ckpt photo.jpg folder/
        foudre predict best.ckpt folder/ --json > predictions.jsonl
        foudre predict best.ckpt reviews.csv --columns text=review
        foudre predict best.ckpt opinions.txt --layout lines
        foudre predict best.ckpt power.csv --steps 96 > ahead.csv

    Args:
        checkpoint: What `foudre train` left; it knows how its training data was prepared.
        inputs: What to predict, at least one. With --json, one object a line comes out.
        device: Where the network runs: cpu, cuda, or another that torch knows.
        steps: Of a forecast, the steps behind each series' end; those of training unless given. Without --json, CSV comes out.
        **reading: How the inputs are read.
    """
    with quiet():
        from recipes.predict import predict as work

        read = {name: value for name, value in reading.items() if value is not None}
        answers = work(checkpoint, inputs, read=read, device=device, steps=steps)
    failed, told = False, False
    for answer in each(answers):
        failed |= "error" in answer
        if as_json or "times" not in answer:
            say(json.dumps(answer) if as_json else "  ".join(map(plain, answer.values())), to_stdout=as_json)
        else:
            from recipes.forecast.onward import tell_csv

            say(tell_csv(answer, head=not told), to_stdout=True)
            told = True
            if "missing" in answer:
                say(f"{plain(answer['input'])}: {answer['missing']:,} values of the window are missing, and were filled as in training")
    return REFUSED if failed else DONE


def generate(
    checkpoint: Path,
    start: str = "",
    /,
    *,
    words: int = 50,
    temperature: float = 0.8,
    top_k: int = 50,
    seed: int = 0,
    as_json: Json = False,
) -> int:
    """Let a language model go on with a text.

    Words that it does not know are read as unknown, and never written.

    For example:

        foudre generate best.ckpt "Once upon a time"
        foudre generate best.ckpt "Once upon a time" --temperature 0.5 --seed 1

    Args:
        checkpoint: What `foudre train next_word` left.
        start: The start of a text; empty begins anew.
        words: The most words to write; a text may end sooner.
        temperature: 0 takes the likeliest word each time, 1 draws as often as foretold, above 1 oftener odd ones.
        top_k: Draw among so many of the likeliest words; 0 takes all.
        seed: The same seed writes the same text.
    """
    with quiet():
        from recipes.generate import generate as work

        answer = work(checkpoint, start, num_words=words, temperature=temperature, top_k=top_k, seed=seed)
    return tell(answer, as_json)


def look(
    checkpoint: Path,
    file: Path | None = None,
    /,
    *,
    picture: Path | None = None,
    row: int | None = None,
    split: Literal["val", "test"] = "val",
    to: Path | None = None,
    as_json: Json = False,
) -> int:
    """Look inside a trained network.

    Tells its layers' sizes and parameters, and draws its first filters beside
    edge kernels. With a picture: what each convolution makes of it. With a
    dataset file: the worst mistakes.

    For example:

        foudre look best.ckpt
        foudre look best.ckpt --picture photo.jpg
        foudre look best.ckpt signs.h5 --row 7

    Args:
        checkpoint: What `foudre train` left.
        file: A dataset file, FILE.h5, to show the mistakes on.
        picture: A raw picture; where the pipeline cuts to boxes, a CSV of one picture with its box.
        row: A row of the file's part to take instead of a picture.
        split: The part to look at: val or test. The run's ledger notes that it was read.
        to: Folder for tables and pictures; look in the run's folder, or one beside a checkpoint without a run, unless given.
    """
    with quiet():
        from recipes.look import look as work

        answer = work(checkpoint, file, picture=picture, row=row, split=split, folder=to)
    return tell(answer, as_json)
