"""Over- and under-fitting: a run's curves come in, and what was measured on training samples; findings by told rules go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recipes.run_report.records import Record
from toolkit.wing import Finding

__all__ = ["FALL", "RISE", "Alike", "find_fit", "is_judged", "tell_fit"]

RISE, FALL, LOW_ACCURACY, GAP = 0.10, 0.05, 0.90, 0.05
"""The limits, as shares; a gap of 0.05 is 5 points."""

OVER_RULE = f"validation loss ends more than {RISE:.0%} above its lowest while training loss goes on falling"
GAP_RULE = f"accuracy on training samples, measured as val is, more than {100 * GAP:.0f} points above that on val"
LOW_RULE = f"accuracy on training samples, measured as val is, below {LOW_ACCURACY:.0%} and at most {100 * GAP:.0f} points above val's"
STILL_RULE = f"training loss falls by more than {FALL:.0%} in the last epoch and validation loss is lowest there"
LIMITS = {OVER_RULE: f"{RISE:.0%}", GAP_RULE: f"{100 * GAP:.0f} points", LOW_RULE: f"{LOW_ACCURACY:.0%}", STILL_RULE: f"{FALL:.0%}"}
"""Each rule's limit alone."""


@dataclass(frozen=True)
class Alike:
    """Training samples and val, measured alike: by the checkpoint that counts, without augmentation, dropout or smoothing.

    Args:
        samples: Training samples measured.
        accuracy: On these, in [0, 1].
        loss: Mean cross-entropy on these.
        val_samples: Samples of val measured.
        val_accuracy: On val, in [0, 1].
    """

    samples: int
    accuracy: float
    loss: float
    val_samples: int
    val_accuracy: float


def find_fit(record: Record, alike: Alike | None = None) -> list[Finding]:
    """Find where the fit is too close, too loose, or lost.

    Args:
        record: The run.
        alike: None leaves out what needs it.
    """
    losses = [curve.value for name, curve in record.curves.items() if name.endswith("/loss")]
    if not all(np.isfinite(values).all() for values in losses):
        title = "The loss became infinite, or not a number"
        why = "No step after that can be trusted: the weights themselves are no numbers any more."
        fix = f"Lower the learning rate or clip gradients: `{record.command('--model.learning_rate 0.001 --trainer.gradient_clip_val 1')}`."
        return [Finding("diverged", "error", title, 1, threshold="any such value", why=why, fix=fix)]
    both = _losses(record)
    return [*(_find_overfitting(record, *both) if both else []), *_find_gap(record, alike), *_find_underfitting(record, both, alike)]


def is_judged(record: Record) -> bool:
    """Whether a run has what its fit is judged by: training and validation losses of two epochs at least, the former whole means."""
    return _losses(record) is not None


def tell_fit(record: Record, findings: Sequence[Finding]) -> str:
    """Say whether a run over- or under-fits, by which figure, and with which limit.

    Args:
        record: The run.
        findings: What `find_fit` found in it, perhaps among others.
    """
    if any(finding.check == "diverged" for finding in findings):
        return "the loss became infinite, or not a number"
    judged = [finding for finding in findings if finding.threshold in LIMITS]
    seen = {one.check: f"{one.title[:1].lower()}{one.title[1:]} (limit: {LIMITS[one.threshold]})" for one in judged}
    over, under, both = seen.get("overfitting") or seen.get("generalisation_gap"), seen.get("underfitting"), _losses(record)
    told = [f"over-fitting: {over}"] if over else []
    told += [f"under-fitting: {under}"] if under else []
    if both is not None and not over:
        rise = _rise(both[0])
        but = f"(limit: {RISE:.0%})" if rise <= RISE else "but training loss did not fall meanwhile"
        told.append(f"by its losses, no over-fitting: validation loss ends {rise:.0%} above its lowest {but}")
    if both is not None and not under:
        fall = _fall(both[1])
        but = f"(limit: {FALL:.0%})" if fall <= FALL else "but validation loss had been lower"
        told.append(
            f"by its losses, no under-fitting: training loss {'fell' if fall >= 0 else 'rose'} by {abs(fall):.0%} in the last epoch {but}"
        )
    return "; ".join(told) or "over- and under-fitting not judged"


def _losses(record: Record) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Validation and training loss of the epochs that have both; a loss of training stands in the middle of its epoch."""
    val, train = record.curves.get("val/loss", record.curves.get("val/mse")), record.curves.get("train/loss")  # a forecast's has that name
    if val is None or train is None or not record.whole_epochs:
        return None
    _, first, second = np.intersect1d(val.epoch.round(), (train.epoch + 0.5).round(), return_indices=True)
    return (val.value[first], train.value[second]) if len(first) > 1 else None


def _find_overfitting(record: Record, val: NDArray[Any], train: NDArray[Any]) -> list[Finding]:
    best = int(val.argmin())
    rise = _rise(val)
    if rise <= RISE or train[-1] >= train[best]:
        return []
    late = len(val) - 1 - best
    title = (
        f"Validation loss rose {rise:.0%} from its lowest, {late} epoch{'s' if late > 1 else ''} before the end, while training loss fell"
    )
    why = "The network learns its training samples by heart: what it still gains there, it loses on samples that it has not seen."
    chosen = "The checkpoint chosen on val is from before; for a better one" if record.selected else "Train for fewer epochs; or"
    fix = f"{chosen}, augment or regularise: `{record.command(_calmer(record))}`."
    return [Finding("overfitting", "warning", title, late, threshold=OVER_RULE, why=why, fix=fix)]


def _find_gap(record: Record, alike: Alike | None) -> list[Finding]:
    if alike is None or alike.accuracy - alike.val_accuracy <= GAP:
        return []
    title = f"Accuracy is {alike.accuracy:.1%} on training samples and {alike.val_accuracy:.1%} on val"
    why = "The gap is what does not carry over to new samples: too little or too uniform data, or too large a network."
    fix = f"Gather more varied samples, augment more strongly, or regularise: `{record.command(_calmer(record))}`."
    return [Finding("generalisation_gap", "warning", title, 1, threshold=GAP_RULE, why=why, fix=fix)]


def _find_underfitting(record: Record, both: tuple[NDArray[Any], NDArray[Any]] | None, alike: Alike | None) -> list[Finding]:
    longer = f"Train longer, `{record.command(f'--trainer.max_epochs {2 * max(record.epochs, 1)}')}`"
    if alike is not None and alike.accuracy < LOW_ACCURACY and alike.accuracy - alike.val_accuracy <= GAP:
        title = f"Accuracy is only {alike.accuracy:.1%} on the very samples that were learned, and {alike.val_accuracy:.1%} on val"
        why = "The network has not learned what its samples could teach; more data would not help it."
        fix = f"{longer}, take a larger network, or a higher learning rate."
        return [Finding("underfitting", "warning", title, 1, threshold=LOW_RULE, why=why, fix=fix)]
    if both is None:
        return []
    val, train = both
    fall = _fall(train)
    if fall <= FALL or val.argmin() != len(val) - 1:
        return []
    falling = len(list(takewhile(lambda step: step < 0, np.diff(train)[::-1])))
    title = f"Training loss still fell by {fall:.0%} in the last epoch, and validation loss was lowest there"
    why = "The run ended before the network had learned what it can."
    return [Finding("underfitting", "warning", title, falling, threshold=STILL_RULE, why=why, fix=f"{longer}.")]


def _rise(val: NDArray[Any]) -> float:
    return float(val[-1] / max(val.min(), 1e-12) - 1)


def _fall(train: NDArray[Any]) -> float:
    return float(1 - train[-1] / max(train[-2], 1e-12))


def _calmer(record: Record) -> str:
    dropout = record.option("network", "init_args", "dropout")
    return f"--network.dropout {dropout + 0.2:.2g}" if isinstance(dropout, float) and dropout <= 0.5 else "--model.weight_decay 0.1"
