"""The verb `train`: a recipe and a dataset file come in; a run folder with checkpoints, logs and metrics goes out, to `evaluate`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.utilities import rank_zero_warn

from datamodules import FileDataModule, SeriesDataModule
from recipes.callbacks import LAST
from recipes.checkpoint import read_checkpoint
from recipes.cli import RecipeCLI, refused_plainly
from recipes.confusion import write_confusion
from recipes.forecast.written import write_forecasts
from recipes.ledger import write_ledger
from recipes.precision import flushed_denormals
from recipes.quiet import quiet_lightning
from recipes.tasks import Classifier, Forecaster
from toolkit.errors import ArgumentError, DataError, FoudreError, check, printable, wording

__all__ = ["RESULT", "TrainResult", "recipe_path", "train"]

CONFIGS = Path(__file__).parent / "configs"

RESULT = "metrics.json"
"""In a run folder: what `train` answered, once the run has ended."""


@dataclass(frozen=True)
class TrainResult:
    """What a run made.

    Args:
        run: The run folder.
        best_checkpoint: The one chosen on val; None where nothing was to be chosen, or none was written.
        last_checkpoint: The one to resume from; None if none was written.
        metrics: Of the best checkpoint on val, by name: ``val/accuracy``, ``val/macro_f1``, ``val/loss``; of the last one on the fold
            held out; or, where val was trained on, ``train/loss`` alone.
        epochs: Epochs trained, those before a resume included.
        seconds: Wall-clock time of training and validation, that before a resume included.
        flops: Floating-point operations of training, over all processes, those before a resume included.
        fitted: What the network took before the first step, e.g. ``vectors_coverage``; empty in a run resumed.
    """

    run: str
    best_checkpoint: str | None
    last_checkpoint: str | None
    metrics: dict[str, float]
    epochs: int
    seconds: float
    flops: int
    fitted: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as one JSON-able object."""
        return asdict(self)

    def __str__(self) -> str:
        measured = ", ".join(f"{name} {value:.4f}" for name, value in self.metrics.items())
        counted = f", {self.flops / 1e12:,.1f} TFLOP" if self.flops else ""  # torch counts matrix products alone: some networks have none
        cost = f"{self.epochs} epochs in {self.seconds:,.0f} s{counted}"
        which, checkpoint = ("best", self.best_checkpoint) if self.best_checkpoint else ("last", self.last_checkpoint)
        kept = f"{which} checkpoint {printable(checkpoint)}" if checkpoint else "no checkpoint was written"
        lines = [f"{printable(self.run)}: {cost}", measured, kept]
        if "vectors_file" in self.fitted:
            lines.append(f"word vectors: {self.fitted['vectors_file']}")
        if "vectors_coverage" in self.fitted:
            covered = f"{100 * self.fitted['vectors_coverage']:.1f} % of the vocabulary"
            lines.append(f"word vectors for {covered} from {printable(str(self.fitted['word_vectors']))}")
        return "\n  ".join(lines)

    @property
    def checkpoint(self) -> str | None:
        """The checkpoint that counts: the one chosen, or the last where nothing was to be chosen."""
        return self.best_checkpoint or self.last_checkpoint


def train(
    recipe: str, path: str | Path, *lightning_args: str, run: str | Path | None = None, resume: str | Path | None = None
) -> TrainResult:
    """Train a recipe on a dataset file. Selection is on val; test is never read.

    With ``"--data.train_on", "train+val"`` or a fold, nothing is chosen: all epochs are trained, and the last checkpoint counts.

    Args:
        recipe: A recipe's name, e.g. ``"signs"``, or the path of a YAML file like those in recipes/configs.
        path: A dataset file with the splits train and val.
        lightning_args: Options in LightningCLI's manner, e.g. ``"--trainer.max_epochs", "3"``. ``"--ckpt_path", FILE`` goes on from
            another run's checkpoint in a new folder, where the choice of the best one begins anew.
        run: The run folder; None makes ``runs/<recipe>/<number>`` in the working directory.
        resume: A run folder to go on in from its last checkpoint, with the options of its config.yaml and then `lightning_args`.
            A finished run trains no further. The ledger notes it; config.yaml stays as the run began.

    Returns:
        Where everything lies, and the best checkpoint's metrics on val.

    Raises:
        ArgumentError: If there is no such recipe, an option is wrong, or the folder to resume holds no last checkpoint.
        DataError: If the file cannot be trained on, or is not the one that the run to resume was trained on; or if the checkpoint to
            go on from is missing or damaged.

    Example:
        >>> train("signs", "signs.h5", "--trainer.max_epochs", "3").metrics["val/accuracy"]  # doctest: +SKIP
    """
    config = recipe_path(recipe)
    folder, earlier = (None if name is None else Path(name) for name in (run, resume))
    last = None if earlier is None else str(_find_last(earlier, folder, lightning_args))
    with quiet_lightning(), flushed_denormals():
        options = config if earlier is None else earlier / "config.yaml"
        args = ["--config", str(options), "--data.path", str(path), *lightning_args]
        cli = RecipeCLI(args, run=folder, root=Path("runs") / config.stem, resume=earlier)
        resumed, record = None if last is None else _NoteResume(cli.folder, checkpoint=last, options=lightning_args), cli.folder / RESULT
        if resumed is not None:
            cli.trainer.callbacks.append(resumed)  # type: ignore[attr-defined]
        with cli.giving_back(FoudreError):
            _tell_unused(cli.datamodule)
            if earlier is None:  # else the checkpoint brings it back
                cli.fit_network()
            start = last or cli.config.ckpt_path
            if start is not None and "://" not in start:
                steps = _check_start(cli, Path(start), recipe=config)
                if steps and earlier is not None and record.is_file() and (not lightning_args or 0 < cli.trainer.max_steps <= steps):
                    return _recorded(record)
                _refuse_within_epoch(steps, start)
            try:
                with refused_plainly():
                    if any(weight.requires_grad for weight in cli.model.parameters()):
                        cli.trainer.fit(cli.model, datamodule=cli.datamodule, ckpt_path=start, weights_only=True)
                    else:
                        _keep_as_is(cli)
            except SystemExit as stopped:  # what Lightning makes of Ctrl-C and of a scheduler's signal
                raise KeyboardInterrupt(f"go on with --resume {cli.folder}") from stopped
        if resumed is not None and not resumed.went_on and record.is_file():  # it had ended: its records stay as they are
            return _recorded(record)
        return _conclude(cli)


def recipe_path(recipe: str) -> Path:
    """Find a recipe's YAML file.

    Args:
        recipe: A name, or a path that ends in .yaml or .yml.

    Raises:
        ArgumentError: If there is none.
    """
    path = Path(recipe) if recipe.endswith((".yaml", ".yml")) else CONFIGS / f"{recipe}.yaml"
    if not path.is_file():
        names = ", ".join(sorted(config.stem for config in CONFIGS.glob("*.yaml")))
        raise ArgumentError(wording("train", "recipe", f"one of {names}, or the path of a YAML file", recipe))
    return path


def _recorded(record: Path) -> TrainResult:
    return TrainResult(**json.loads(record.read_text(encoding="utf-8")))


def _refuse_within_epoch(steps: int, start: str) -> None:
    """Refuse a checkpoint of a run that a limit ended in the middle of an epoch, after so many steps; 0 is none.

    Raises:
        DataError: If it is one.
    """
    if steps:
        got = f"one within an epoch, where the run was ended after {steps} steps, by --trainer.max_steps or another limit"
        fix = "To train for longer, begin a new run; one that --trainer.max_epochs ends can be gone on with."
        raise DataError(f"train: checkpoint to resume from must be of an epoch's end, got {got}: {printable(start)}. {fix}")


def _check_start(cli: RecipeCLI, start: Path, *, recipe: Path) -> int:
    """Refuse what a run cannot go on from, or with: Lightning and torch have no plain words for it.

    Returns:
        Steps trained where the checkpoint is from within an epoch; 0 where it is from an epoch's end.

    Raises:
        DataError: If the checkpoint is damaged, or of other data.
        ArgumentError: If the recipe, the network or the number of epochs is another.
    """
    content, at = read_checkpoint(start), str(start)
    kinds = yaml.safe_load(recipe.read_text(encoding="utf-8"))
    for part in ("data", "network", "model"):
        asked, held = (_named(config.get(part)) for config in (kinds, cli.config.as_dict()))
        check(not asked or asked == held, "train", "recipe", f"one of {held}, as in the run", f"{recipe.stem}, of {asked}", at=at)
    state = content.get(type(cli.datamodule).__qualname__)
    if not isinstance(state, dict) or "foudre" not in content:
        raise DataError(wording("train", "checkpoint", f"of a task and a {type(cli.datamodule).__name__}", "another", at=at))
    cli.datamodule.load_state_dict({**state, "mid_epoch": False})  # told below
    trained, own = (
        {name: tuple(weight.shape) for name, weight in part.items()} for part in (content["state_dict"], cli.model.state_dict())
    )
    if trained != own:
        before, now = content["foudre"]["settings"], cli.model.network.settings
        changed = [name for name in now if before.get(name) != now[name]]
        rule, got = ({name: settings.get(name) for name in changed} for settings in (before, now))
        check(False, "train", "network", f"of {rule}, as in the checkpoint", got, at=at)
    most = cli.trainer.max_epochs
    fit = most is None or most < 0 or state["epoch"] <= most
    check(fit, "train", "trainer.max_epochs", f"at least {state['epoch']}, which are trained already", most, at=at)
    return int(content["global_step"]) if state.get("mid_epoch") else 0


def _named(section: Any) -> str:
    """A section's class, and its method where it has several."""
    if not isinstance(section, dict) or "class_path" not in section:
        return ""
    return " ".join([section["class_path"], *filter(None, [(section.get("init_args") or {}).get("method")])])


class _NoteResume(Callback):
    """Writes into the ledger that a run goes on, once nothing refused it and there is an epoch to train."""

    def __init__(self, run: Path, **facts: Any) -> None:
        self.run, self.facts, self.went_on = run, facts, False

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002  # Lightning's signature
        if not self.went_on and trainer.is_global_zero:
            write_ledger(self.run, "resumed", **self.facts)
        self.went_on = True


def _tell_unused(data: FileDataModule) -> None:
    """Say that forecasts are learned without the labels that a file has."""
    if isinstance(data, SeriesDataModule) and data.file["train"].y is not None:
        rank_zero_warn(f"Labels of {printable(data.path)} are not used: what comes next in a series is foretold, not its label.")


def _find_last(resume: Path, run: Path | None, lightning_args: Sequence[str]) -> Path:
    """Return the checkpoint that a run goes on from.

    Raises:
        ArgumentError: If the folder has none, or the options name another folder or checkpoint.
    """
    check(run is None, "train", "run", "left out with resume, which names the folder", str(run))
    named = [argument for argument in lightning_args if argument.startswith("--ckpt_path")]
    check(not named, "train", "--ckpt_path", "left out with resume, which takes last.ckpt", " ".join(named))
    last = resume / "checkpoints" / LAST
    held = last.is_file() and (resume / "config.yaml").is_file()
    fix = "It holds several runs: resume it with --seeds, or with crossval, as it began." if (resume / "runs.json").is_file() else ""
    check(held, "train", "resume", "a run folder with config.yaml and checkpoints/last.ckpt", str(resume), fix=fix)
    return last


def _keep_as_is(cli: RecipeCLI) -> None:
    """Take no step, as nothing in the network can be learned: measure it, and write the checkpoint that evaluation and prediction take."""
    cli.trainer.validate(cli.model, datamodule=cli.datamodule, verbose=False)
    checkpoint = cli.config_init.checkpoint
    best, last = (str(Path(checkpoint.dirpath) / name) for name in ("best.ckpt", LAST))
    cli.trainer.save_checkpoint(last)
    if cli.selects:
        checkpoint.best_model_path = best
        cli.trainer.save_checkpoint(best)


def _conclude(cli: RecipeCLI) -> TrainResult:
    """Measure the checkpoint that counts on val and leave the run folder complete."""
    trainer, checkpoint, task, data = cli.trainer, cli.config_init.checkpoint, cli.model, cli.datamodule
    # taken down first: validating a checkpoint brings every callback back to where it stood then
    epochs, flops, seconds = trainer.current_epoch, cli.flops.flops, cli.flops.seconds
    run = trainer.strategy.broadcast(cli.folder)
    latest = run / "checkpoints" / LAST
    best, last = checkpoint.best_model_path or None, str(latest) if latest.is_file() else None
    found: Mapping[str, Any] = trainer.callback_metrics
    validated = data.train_on == "train"
    if validated:
        (found,) = trainer.validate(task, datamodule=data, ckpt_path=best or last, verbose=False, weights_only=True)
    metrics = {name: float(value) for name, value in found.items()}
    result = TrainResult(str(run), best, last, metrics, epochs, round(seconds, 3), flops, cli.fitted)
    if trainer.is_global_zero:
        if best and cli.selects:
            write_ledger(run, "selected", split="val", metric=checkpoint.monitor, checkpoint=best, metrics=metrics)
        else:
            trained_on = data.train_on if data.fold is None else asdict(data.fold)
            write_ledger(run, "trained", on=trained_on, epochs=epochs, checkpoint=last, metrics=metrics)
        (run / RESULT).write_text(json.dumps(result.to_json(), indent=2) + "\n", encoding="utf-8")
        if validated and isinstance(task, Classifier):
            write_confusion(run, "val", task.confusion.numpy(), data.titles)
        if validated and isinstance(task, Forecaster) and isinstance(data, SeriesDataModule):
            write_forecasts(run, "val", task, data, "val")
    return result
