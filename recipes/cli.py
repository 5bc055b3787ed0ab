"""What stands behind `train`: a recipe's YAML and options come in, Lightning's parts, set to work in a run folder, go out."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from jsonargparse import ArgumentError as ParseError
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.callbacks import RichProgressBar
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_only

from datamodules import FileDataModule
from datamodules.draw import MAX_SEED
from recipes.callbacks import LAST, Averaging, EpochMeans, FlopCounter, Latest, Readiness, SeedSteps, Selection, Stopping
from recipes.ledger import write_ledger
from recipes.models import Network
from recipes.precision import native_precision
from recipes.tasks import Task
from recipes.trainer_options import check_trainer_options
from toolkit.errors import ArgumentError, FoudreError, check, printable, wording

__all__ = ["RecipeCLI", "RecipeTrainer", "claim_folder", "refused_plainly"]

BETTER = {"loss": "min", "perplexity": "min", "accuracy": "max", "macro_f1": "max", "mse": "min", "mae": "min"}
"""Which way the metrics of our tasks get better."""

TOLD = ("num_classes", "num_channels", "vocabulary_size", "window", "horizon", "num_features", "target", "known")
"""What the data knows and a network is told, where it has an argument of that name."""


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
    """LightningCLI with a section for the network and for the choice of checkpoints, working in a run folder of its own.

    Args:
        args: Options as on a command line.
        run: The run folder, new or empty; None takes the next number below `root`.
        root: Where numbered run folders lie.
        resume: The folder of an earlier run to go on in, instead.
    """

    def __init__(self, args: list[str], *, run: Path | None, root: Path, resume: Path | None = None) -> None:
        self.run, self.root, self.resume, self.flops = run, root, resume, FlopCounter()
        self.fitted: dict[str, Any] = {}
        super().__init__(
            model_class=Task,
            datamodule_class=FileDataModule,
            save_config_callback=None,
            trainer_class=RecipeTrainer,
            trainer_defaults={"enable_model_summary": False},
            parser_kwargs={"exit_on_error": False, "allow_abbrev": False},
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
        parser.add_lightning_class_args(Selection, "checkpoint")
        parser.add_lightning_class_args(Stopping, "early_stopping")
        parser.add_lightning_class_args(Averaging, "averaging")
        parser.set_defaults({"checkpoint.filename": "best"})
        help_text = "A checkpoint of another run to go on from; the choice of the best checkpoint begins anew."
        parser.add_argument("--ckpt_path", type=str | None, default=None, help=help_text)
        parser.link_arguments("seed_everything", "data.init_args.seed", compute_fn=int)
        for name in TOLD:
            parser.link_arguments(f"data.{name}", f"network.init_args.{name}", apply_on="instantiate")
        parser.link_arguments("network", "model.init_args.network", apply_on="instantiate")

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:
        """Parse `args` alone: what stands in ``sys.argv`` is the command's business.

        Raises:
            ArgumentError: If an option is unknown, its value does not fit, or it would be overlooked.
        """
        try:
            self.config = parser.parse_args(args)
        except ParseError as error:
            raise ArgumentError(f"train: {printable(_shorten(str(error)), 600)}") from error
        self._check_options()

    def _check_options(self) -> None:
        """Refuse options that would be overlooked, or that break what a run folder promises."""
        config, trainer = self.config, self.config.trainer
        for name, value in (("checkpoint.dirpath", config.checkpoint.dirpath), ("trainer.default_root_dir", trainer.default_root_dir)):
            check(value is None, "train", f"--{name}", "left out", value, fix="A run keeps all in its folder: name that with --run.")
        check(not config.checkpoint.save_last, "train", "--checkpoint.save_last", "left out: a run always keeps it", True)
        for name in ("every_n_train_steps", "train_time_interval"):
            value, fix = config.checkpoint[name], "Checkpoints are written at an epoch's end, where a run can be resumed."
            check(value is None, "train", f"--checkpoint.{name}", "left out", value, fix=fix)
        seed = int(config.seed_everything)
        check(0 <= seed <= MAX_SEED, "train", "--seed_everything", "in [0, 2³²)", seed)
        checkpointing = trainer.enable_checkpointing
        check(checkpointing is not False, "train", "--trainer.enable_checkpointing", "true: a run is its checkpoints", checkpointing)
        for name in ("checkpoint", "early_stopping"):
            monitor, mode = config[name].monitor, config[name].mode
            better = BETTER.get(str(monitor).rpartition("/")[2], mode)
            check(mode == better, "train", f"--{name}.mode", f"{better}, as the monitored {monitor} gets better so", mode)
        check_trainer_options(config)

    def instantiate_classes(self) -> None:
        """Build data, network, task and trainer.

        Raises:
            FoudreError: What one of ours refused, taken out of the parser's wrapping.
        """
        try:
            super().instantiate_classes()
        except Exception as error:
            cause: BaseException | None = error
            while cause is not None:
                if isinstance(cause, FoudreError):
                    raise cause from error
                cause = cause.__cause__ or cause.__context__
            raise

    def instantiate_trainer(self, **kwargs: Any) -> Trainer:
        """Make the run folder, send everything there, and add loggers and a progress bar unless the user chose otherwise.

        Raises:
            ArgumentError: If the run folder holds something.
            DataError: If the file lacks a split.
        """
        for split in ("train", "val") if self.datamodule.train_on == "train" else ("train",):
            self.datamodule.rows(split)
        chosen = self.config_init.trainer
        self.claimed = None if self.resume else claim_folder(self.run, self.root)
        # what other ranks have here, Lightning takes from rank 0
        self.folder = self.resume or self.claimed or self.root
        # set here, not as options: config.yaml would send a repeated run into this one's folder
        checkpoint = self.config_init.checkpoint
        checkpoint.dirpath = str(self.folder / "checkpoints")
        if not self.selects:  # a fixed number of epochs, and the last one counts
            checkpoint.monitor, checkpoint.save_top_k = None, 0
            self.parser.callback_keys.remove("early_stopping")
        if not self.config_init.averaging.decay:
            self.parser.callback_keys.remove("averaging")
        kwargs["default_root_dir"] = str(self.folder)
        callbacks = chosen.callbacks or []
        own = [callbacks] if isinstance(callbacks, Callback) else [*callbacks]
        extra: list[Callback] = [Readiness(waits=bool(own)), self.flops, EpochMeans(), SeedSteps(int(self.config.seed_everything))]
        if chosen.enable_progress_bar is None:
            kwargs["enable_progress_bar"] = sys.stderr.isatty()
            if kwargs["enable_progress_bar"]:
                extra.append(RichProgressBar(console_kwargs={"stderr": True}))  # standard output is for --json
        if chosen.logger in (None, True):
            logs = _free_name(self.folder, "logs")  # the CSV logger empties a folder that it finds
            kwargs["logger"] = [kind(self.folder, name="", version=logs) for kind in (CSVLogger, TensorBoardLogger)]
        kwargs["callbacks"] = [*own, *extra]
        with self.giving_back(Exception), refused_plainly(ValueError, TypeError, ImportError):
            trainer = super().instantiate_trainer(**kwargs)
        trainer.callbacks.append(Latest(self.folder / "checkpoints" / LAST))  # type: ignore[attr-defined]
        if trainer.is_global_zero and self.resume is None:  # a resumed run's says how it began
            (self.folder / "config.yaml").write_text(self.parser.dump(self.config), encoding="utf-8")
        return trainer

    def fit_network(self) -> None:
        """Let the network take what is counted on the training rows or read from files, and let the ledger tell of it."""
        self.fitted = self.model.network.fit(self.datamodule)
        if self.fitted and self.trainer.is_global_zero:
            write_ledger(self.folder, "fitted", **self.fitted)

    @property
    def selects(self) -> bool:
        """Whether val chooses a checkpoint and may stop the run; not where it is trained on, nor where a fold is to be judged by it."""
        return self.datamodule.train_on == "train" and self.datamodule.fold is None

    @contextmanager
    def giving_back(self, kind: type[Exception]) -> Iterator[None]:
        """Leave no run folder behind where an exception of this kind comes before its first checkpoint."""
        try:
            yield
        except kind:
            if self.claimed is not None and not any(self.claimed.glob("checkpoints/*")):
                shutil.rmtree(self.claimed)
            raise


@contextmanager
def refused_plainly(*kinds: type[Exception]) -> Iterator[None]:
    """Turn what Lightning refuses into one line.

    Args:
        kinds: What it raises beside its own MisconfigurationException.

    Raises:
        ArgumentError: With Lightning's words.
    """
    refused: tuple[type[Exception], ...] = (MisconfigurationException, *kinds)
    try:
        yield
    except FoudreError:
        raise
    except refused as error:
        raise ArgumentError(f"train: {printable(' '.join(str(error).split()), 400)}") from error


def _shorten(message: str) -> str:
    """Say in one line what the parser says in twenty: which option, what it must be, what it got; as it is where it says it otherwise."""
    keys = re.findall(r'Parser key "([^"]+)"', message)
    innermost = message[message.rfind("Parser key") :]
    expected = re.findall(r"Expected an? (.+?)(?:\. Got value: .*)?$", innermost, re.MULTILINE)
    rules = [re.sub(r"<class '(?:\w+\.)*(\w+)'>|typing\.Literal\[(.*)\]", r"\1\2", rule) for rule in expected if "NoneType" not in rule]
    rules = ["{name: value, …} of its options" if "path" in rule else rule for rule in rules]
    got = re.search(r"(?:Given|Got) value: (.*)", innermost)
    if unknown := re.search(r"Option '(.*)' is not accepted", message):
        return f"--{'.'.join([*keys, unknown[1]])} must be an option that exists, got {unknown[1]}"
    if not (keys and rules and got):
        return " ".join(message.split())
    return f"--{'.'.join(keys)} must be {' or '.join(dict.fromkeys(rules))}, got {got[1]}"


def _free_name(folder: Path, name: str) -> str:
    """Return `name`, or the first of name2, name3, … that is not taken."""
    names = (f"{name}{number if number > 1 else ''}" for number in count(1))
    return next(free for free in names if not (folder / free).exists())


@rank_zero_only
def claim_folder(run: Path | None, root: Path) -> Path:
    """Make the run folder; without a name, the next numbered one that no other run has taken.

    Raises:
        ArgumentError: If the folder named holds something.
    """
    if run is not None:
        if run.is_dir() or not run.exists():
            run.mkdir(parents=True, exist_ok=True)
        if not run.is_dir() or any(run.iterdir()):
            raise ArgumentError(wording("train", "run", "a new or empty folder", str(run)))
        return run
    root.mkdir(parents=True, exist_ok=True)
    number = max((int(path.name) for path in root.iterdir() if path.name.isdecimal()), default=0)
    while True:
        number += 1
        try:
            (root / f"{number:03d}").mkdir()
        except FileExistsError:
            continue
        return root / f"{number:03d}"
