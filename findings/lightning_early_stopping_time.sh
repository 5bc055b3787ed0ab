#!/usr/bin/env bash
# Lightning 2.6.6 cannot stop early when it validates by the clock: EarlyStopping asks for a setting that the Trainer lacks then.
#
# A val_check_interval of text or timedelta ("00:00:05:00" is five minutes) is parsed into another attribute of the Trainer, and
# val_check_interval itself is never set. EarlyStopping reads it before the first step: AttributeError. Without EarlyStopping,
# or with ModelCheckpoint, the same Trainer trains.
#
# Whom it hurts: who trains on a stream or on large data, where an interval in steps says little, and wants to stop early.
# What to do instead: pass EarlyStopping(..., check_on_train_epoch_end=False), which does not ask.
# (On Linux, PyTorch from the public index brings some gigabytes for GPUs along.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet lightning==2.6.6 torch==2.13.0

"$folder/venv/bin/python" - <<'EOF'
import logging
import sys
import warnings
from datetime import timedelta

warnings.simplefilter("ignore")

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping
from lightning.pytorch.demos.boring_classes import BoringModel

logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)


class Model(BoringModel):
    def validation_step(self, batch: torch.Tensor, batch_idx: int) -> None:
        self.log("loss", self.step(batch))


def fit(**settings: bool) -> str:
    stopping = EarlyStopping("loss", **settings)
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = lightning.Trainer(max_epochs=1, accelerator="cpu", val_check_interval=timedelta(minutes=5), callbacks=[stopping], **quiet)
    try:
        trainer.fit(Model())
    except AttributeError as error:
        return f"AttributeError: {error}"
    return f"{trainer.global_step} steps"


print("lightning", lightning.__version__, "torch", torch.__version__)
print("expected: training with each of the two")
seen = [fit(), fit(check_on_train_epoch_end=False)]
print("seen:     EarlyStopping('loss'):", seen[0])
print("seen:     EarlyStopping('loss', check_on_train_epoch_end=False):", seen[1])
sys.exit(0 if "val_check_interval" in seen[0] and seen[1] == "64 steps" else "This has changed.")
EOF
