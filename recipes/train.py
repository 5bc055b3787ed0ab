"""The verb `train`: a recipe and a dataset file come in; a run folder with checkpoints, logs and metrics goes out, to `evaluate`."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, Trainer
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint, RichProgressBar
from lightning.pytorch.cli import ArgsType, LightningArgumentParser, LightningCLI
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only

from datamodules import FileDataModule
from recipes.callbacks import FlopCounter, SeedEpochs
from recipes.confusion import write_confusion
from recipes.ledger import write_ledger
from recipes.models import Network
from recipes.precision import native_precision
from recipes.quiet import quiet_lightning
from recipes.tasks import Task
from toolkit.errors import ArgumentError, printable, wording

__all__ = ["TrainResult", "recipe_path", "train"]

log = logging.getLogger(__name__)

CONFIGS = Path(__file__).parent / "configs"


@dataclass(frozen=True)
class TrainResult:
    """What a run made.

    Args:
        run: The run folder.
        best_checkpoint: The one chosen on val; None if none was written.
        last_checkpoint: The one to resume from; None if none was written.
        metrics: Of the best checkpoint on val, by name: ``val/accuracy``, ``val/macro_f1``, ``val/loss``.
        epochs: Epochs trained.
        seconds: Wall-clock time of training and validation.
        flops: Floating-point operations of training, over all processes.
    """

    run: str
    best_checkpoint: str | None
    last_checkpoint: str | None
    metrics: dict[str, float]
    epochs: int
    seconds: float
    flops: int

    def to_json(self) -> dict[str, Any]:
        """Return the fields as one JSON-able object."""
        return asdict(self)


def train(recipe: str, path: str | Path, *lightning_args: str, run: str | Path | None = None) -> TrainResult:
    """Train a recipe on a dataset file. Selection is on val; test is never read.

    Args:
        recipe: A recipe's name, e.g. ``"signs"``, or the path of a YAML file like those in recipes/configs.
        path: A dataset file with the splits train and val.
        lightning_args: Options in LightningCLI's manner, e.g. ``"--trainer.max_epochs", "3"``; ``"--ckpt_path", FILE`` resumes.
        run: The run folder; None makes ``runs/<recipe>/<number>`` in the working directory.

    Returns:
        Where everything lies, and the best checkpoint's metrics on val.

    Raises:
        ArgumentError: If there is no such recipe, or an option is wrong.
        DataError: If the file cannot be trained on.

    Example:
        >>> train("signs", "signs.h5", "--trainer.max_epochs", "3").metrics["val/accuracy"]  # doctest: +SKIP
    """
    config = recipe_path(recipe)
    folder = _claim_run(Path("runs") / config.stem) if run is None else Path(run)
    if run is not None and folder.exists() and any(folder.iterdir()) and rank_zero_only.rank == 0:
        raise ArgumentError(wording("train", "run", "a new or empty folder", str(run)))
    started = time.monotonic()
    with quiet_lightning():
        cli = RecipeCLI(["--config", str(config), "--data.path", str(path), *lightning_args], folder)
        cli.write_config()
        cli.trainer.fit(cli.model, datamodule=cli.datamodule, ckpt_path=cli.config.ckpt_path, weights_only=True)
        return _conclude(cli, time.monotonic() - started)


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


class RecipeTrainer(Trainer):
    """Lightning's Trainer with one more word for `precision`.

    Args:
        precision: Lightning's, or ``"auto"``: bf16 where the hardware computes it natively, float32 elsewhere.
        accelerator: Lightning's.
        kwargs: Lightning's other arguments.
    """

    def __init__(self, *, precision: str | int = "auto", accelerator: str = "auto", **kwargs: Any) -> None:
        chosen: Any = native_precision(accelerator) if precision == "auto" else precision
        super().__init__(precision=chosen, accelerator=accelerator, **kwargs)


class RecipeCLI(LightningCLI):
    """LightningCLI with a section for the network, for the choice of checkpoints, and a run folder around it.

    Args:
        args: Options as on a command line.
        folder: The run folder.
    """

    def __init__(self, args: list[str], folder: Path) -> None:
        self.folder = folder
        super().__init__(
            model_class=Task,
            datamodule_class=FileDataModule,
            save_config_callback=None,
            trainer_class=RecipeTrainer,
            trainer_defaults={"enable_model_summary": False},
            parser_kwargs={"exit_on_error": False},
            subclass_mode_model=True,
            subclass_mode_data=True,
            args=args,
            run=False,
            auto_configure_optimizers=False,
            load_from_checkpoint_support=False,
        )

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Add the sections that LightningCLI lacks, and tell the network what the data knows."""
        parser.add_subclass_arguments(Network, "network")
        parser.add_lightning_class_args(ModelCheckpoint, "checkpoint")
        parser.add_lightning_class_args(EarlyStopping, "early_stopping")
        parser.set_defaults({"checkpoint.filename": "best", "checkpoint.save_last": True})
        parser.add_argument("--ckpt_path", type=str | None, default=None, help="A checkpoint to resume from.")
        parser.link_arguments("seed_everything", "data.init_args.seed", compute_fn=int)
        for name in ("num_classes", "num_channels"):
            parser.link_arguments(f"data.{name}", f"network.init_args.{name}", apply_on="instantiate")
        parser.link_arguments("network", "model.init_args.network", apply_on="instantiate")

    def parse_arguments(self, parser: LightningArgumentParser, args: ArgsType) -> None:
        """Parse `args` alone: what stands in ``sys.argv`` is the command's business.

        Raises:
            ArgumentError: If an option is unknown or its value does not fit.
        """
        try:
            self.config = parser.parse_args(args)
        except Exception as error:
            raise ArgumentError(f"train: {printable(str(error), 600)}") from error

    def write_config(self) -> None:
        """Write the resolved options to ``config.yaml`` in the run folder: a recipe's YAML that repeats the run."""
        if self.trainer.is_global_zero:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "config.yaml").write_text(self.parser.dump(self.config), encoding="utf-8")

    def instantiate_trainer(self, **kwargs: Any) -> Trainer:
        """Send everything to the run folder, and add its loggers and a progress bar unless the user chose otherwise."""
        chosen = self.config_init.trainer
        # set here, not as options: config.yaml would send a repeated run into this one's folder
        self.config_init.checkpoint.dirpath = str(self.folder / "checkpoints")
        kwargs["default_root_dir"] = str(self.folder)
        extra: list[Callback] = [FlopCounter(), SeedEpochs(int(self.config.seed_everything))]
        if chosen.enable_progress_bar is None:
            kwargs["enable_progress_bar"] = sys.stderr.isatty()
            if kwargs["enable_progress_bar"]:
                extra.append(RichProgressBar(console_kwargs={"stderr": True}))  # standard output is for --json
        if chosen.logger in (None, True):
            kwargs["logger"] = [kind(self.folder, name="", version="logs") for kind in (CSVLogger, TensorBoardLogger)]
        kwargs["callbacks"] = [*(chosen.callbacks or []), *extra]
        return super().instantiate_trainer(**kwargs)


def _claim_run(root: Path) -> Path:
    """Make the next numbered folder; other processes of the run learn the name from rank 0 through the Trainer."""
    root.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(path.name) for path in root.iterdir() if path.name.isdigit()), default=0)
    while rank_zero_only.rank == 0:
        try:
            os.mkdir(root / f"{number:03d}")
            break
        except FileExistsError:
            number += 1
    return root / f"{number:03d}"


def _conclude(cli: RecipeCLI, seconds: float) -> TrainResult:
    """Measure the best checkpoint on val and leave the run folder complete."""
    trainer, checkpoint = cli.trainer, cli.trainer.checkpoint_callback
    flops = next(callback.flops for callback in trainer.callbacks if isinstance(callback, FlopCounter))
    epochs, run = trainer.current_epoch, trainer.strategy.broadcast(cli.folder)
    best = checkpoint.best_model_path if isinstance(checkpoint, ModelCheckpoint) else ""
    last = checkpoint.last_model_path if isinstance(checkpoint, ModelCheckpoint) else ""
    (metrics,) = trainer.validate(cli.model, datamodule=cli.datamodule, ckpt_path=best or None, verbose=False, weights_only=True)
    plain = {name: float(value) for name, value in metrics.items()}
    result = TrainResult(str(run), best or None, last or None, plain, epochs, round(seconds, 3), flops)
    if trainer.is_global_zero:
        write_confusion(run, "val", cli.model.confusion.numpy(), cli.datamodule.classes)
        write_ledger(run, "selected", split="val", metric=checkpoint.monitor, checkpoint=best, metrics=plain)
        (run / "metrics.json").write_text(json.dumps(result.to_json(), indent=2) + "\n", encoding="utf-8")
    return result
