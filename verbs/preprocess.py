"""The verbs `preprocess KIND`: raw files come in, one dataset file goes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from verbs.answer import Json, default, progress_bars, say, tell
from verbs.reading import Reading, TextReading

__all__ = ["images", "text"]


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
    reading: Reading = Reading(),
    workers: int | None = None,
    on_error: Annotated[str | None, default("on_error")] = None,
    overwrite: bool | None = None,
    dry_run: bool | None = None,
    config: Path | None = None,
    as_json: Json = False,
) -> int:
    """Turn pictures into one dataset file.

    For example:

        foudre preprocess images GTSRB signs.h5 --size 48
        foudre preprocess images photos/ photos.h5 --fit pad --split 0.8,0.2
        foudre preprocess images list.csv list.h5 --columns path=file

    Args:
        source: A folder a class (also inside train/, val/, test/); a table of paths and labels, .csv, .tsv, .json; annotations as COCO,
            Pascal VOC or YOLO have them; GTSRB, MNIST, CIFAR or Parquet files as distributed; or a .zip or .tar of one of these.
            --dry-run says what it is taken for.
        out: The dataset file to write, OUT.h5. The same command on unchanged input does nothing.
        size: Side of all pictures, or their height,width: 48 or 48,64.
        steps: Transforms in order, with their arguments: "crop_box(margin=0.1), grayscale, clahe"; none unless given.
        fit: How a picture gets its size: stretch, or pad, which keeps its proportions.
        dtype: How pixels are stored: float16, uint8 or float32. Take uint8 where other programs read the file, too: many know no float16.
        split: Shares of train,val,test or of train,val. A test part that the source brings stays the test part.
        stratify: Spread every class over the parts in the same shares.
        balance: Samples that each training class is to have: max or median of the classes, or a number. Not balanced unless given.
        balance_by: How: copies of small classes, augmented; drop some of large ones; both; weights: training draws small ones more often.
        seed: Draws which samples or groups go to which part, and how copies differ.
        reading: How the source is read.
        workers: Processes that decode; one for each processor unless given.
        on_error: What a bad input does: skip lists it and goes on, fail lists all of them and writes nothing.
        overwrite: Replace whatever stands at OUT.h5.
        dry_run: Tell what the source is understood as and how it would be split, and write nothing.
        config: YAML file with values for these options, by name; the command line wins.
    """
    with _listed(as_json), progress_bars() as progress:
        from toolkit.options import image_options
        from toolkit.preprocess import preprocess_images

        options = image_options(
            config,
            size=size, steps=steps, fit=fit, dtype=dtype, split=split, stratify=stratify,
            balance=balance, balance_by=balance_by, seed=seed,
            workers=workers, on_error=on_error, overwrite=overwrite, dry_run=dry_run, **asdict(reading),
        )  # fmt: skip
        answer = preprocess_images(source, out, **options, tell=lambda told: say(str(told)), progress=progress)
    return tell(answer, as_json)


def text(
    source: str,
    out: Path,
    /,
    *,
    tokenizer: Annotated[str | None, default("tokenizer", "text")] = None,
    lower: Annotated[bool | None, Parameter(negative="--no-lower"), default("lower", "text")] = None,
    digits: Annotated[str | None, default("digits", "text")] = None,
    html: Annotated[str | None, default("html", "text")] = None,
    normalize: Annotated[str | None, default("normalize", "text")] = None,
    stop_words: str | None = None,
    min_count: Annotated[int | None, default("min_count", "text")] = None,
    max_vocabulary: Annotated[int | None, default("max_vocabulary", "text")] = None,
    subwords: int | None = None,
    reading: TextReading = TextReading(),
    split: Annotated[str | None, default("split", "text")] = None,
    stratify: Annotated[bool | None, Parameter(negative="--no-stratify"), default("stratify", "text")] = None,
    balance: str | None = None,
    balance_by: Annotated[str | None, default("balance_by", "text")] = None,
    seed: Annotated[int | None, default("seed", "text")] = None,
    workers: int | None = None,
    on_error: Annotated[str | None, default("on_error", "text")] = None,
    overwrite: bool | None = None,
    dry_run: bool | None = None,
    config: Path | None = None,
    as_json: Json = False,
) -> int:
    """Turn texts into one dataset file: words become numbers, by a vocabulary of the training texts alone.

    Words alone are stored; n-grams are made of them when a network is trained.

    For example:

        foudre preprocess text aclImdb imdb.h5 --lower
        foudre preprocess text reviews.csv reviews.h5 --text review --label stars --group author
        foudre preprocess text novel.txt novel.h5 --layout paragraphs --tokenizer toktok --split 0.9,0.1

    Args:
        source: .txt files, a folder a class (also inside train/, val/, test/); the Large Movie Review Dataset; files that are parts
            (train.tsv, test.tsv) or classes (pos.txt, neg.txt); one file, .csv, .tsv, .json, .jsonl, .parquet, or .txt, a text a line;
            compressed or in an archive, too. --dry-run says what it is taken for.
        out: The dataset file to write, OUT.h5. The same command on unchanged input writes nothing.
        tokenizer: wordpunct: runs of letters or digits, and of other signs, the fastest; treebank: for English, don't is do n't; toktok:
            for many languages; tweet: keeps emoticons, hashtags and addresses whole; regexp:PATTERN: what a pattern finds. Treebank
            rewrites double quotes; the others change nothing. All cut at ’ as at ', and leave it as it is written; a pattern that
            names ’ sees it.
        lower: Put words in lower case.
        digits: keep, or 0: every digit becomes a 0.
        html: strip: tags of HTML become spaces, a script or style with all that is in it, and entities characters; <unk>, x<y and
            List<String> are text; keep: all is text.
        normalize: nfc: characters are composed, so that an accent is one with its letter; none: as they are.
        stop_words: Words to leave out, with commas between them, each as cutting, --lower and --digits leave it; no file of words. One with
            ' is left out with ’, too.
        min_count: Words that stand in the training texts less often are unknown, and so are those longer than 200 bytes.
        max_vocabulary: Entries of the vocabulary at most; four stand for padding, unknown, start and end.
        subwords: Pieces at most that words are cut into, such as 8000, so that none is unknown, whatever min-count and
            max-vocabulary say; words stay whole unless given.
        reading: How the source is read.
        split: Shares of train,val,test or of train,val. A test part that the source brings stays the test part.
        stratify: Spread every class over the parts in the same shares.
        balance: Samples that each training class is to have: max or median of the classes, or a number. Not balanced unless given.
        balance_by: How: copies repeat texts of small classes; drop some of large ones; both; weights: training draws small ones more often.
        seed: Draws which texts or groups go to which part.
        workers: Processes that cut and count; one for each processor unless given.
        on_error: What a bad input does: skip lists it and goes on, fail lists all of them and writes nothing.
        overwrite: Replace whatever stands at OUT.h5.
        dry_run: Tell what the source is understood as and how it would be split, and write nothing.
        config: YAML file with values for these options, by name; the command line wins.
    """
    with _listed(as_json), progress_bars() as progress:
        from toolkit.options import text_options
        from toolkit.preprocess import preprocess_text

        options = text_options(
            config,
            tokenizer=tokenizer, lower=lower, digits=digits, html=html, normalize=normalize, stop_words=stop_words,
            min_count=min_count, max_vocabulary=max_vocabulary, subwords=subwords,
            split=split, stratify=stratify, balance=balance, balance_by=balance_by, seed=seed,
            workers=workers, on_error=on_error, overwrite=overwrite, dry_run=dry_run, **asdict(reading),
        )  # fmt: skip
        answer = preprocess_text(source, out, **options, tell=lambda told: say(str(told)), progress=progress)
    return tell(answer, as_json)


@contextmanager
def _listed(as_json: bool) -> Iterator[None]:
    """Where `--on-error fail` refuses inputs, have `--json` list them all, as it lists those that are skipped."""
    from toolkit.errors import DataError

    try:
        yield
    except DataError as error:
        from toolkit.dataset_file import list_skipped
        from toolkit.export import FailedInputsError

        if as_json and isinstance(error, FailedInputsError):
            say(json.dumps({"path": None, "skipped": list_skipped(error.skipped)}), to_stdout=True)
        raise
