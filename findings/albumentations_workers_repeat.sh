#!/usr/bin/env bash
# albumentations 2.0.8 draws the same in every worker of a DataLoader, and the same again in every epoch, seeded or not.
#
# A Compose has a random generator of its own. PyTorch starts each worker with a copy of it, at each epoch, and no worker's draws move
# the original on. So with 8 workers each random crop or brightness serves 8 pictures, and epoch 100 draws what epoch 1 drew.
# With persistent_workers the epochs differ, the workers still do not. PyTorch's own seeds for workers do not reach this generator.
#
# Whom it hurts: everybody who augments in workers: a model sees far fewer variations than its author believes, and nothing tells.
# What to do instead: set the seed in each worker by worker_init_fn, as below, or for each sample from epoch and index.
# (On Linux, PyTorch from the public index brings some gigabytes for GPUs along.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet albumentations==2.0.8 torch==2.13.0 numpy==2.4.6

"$folder/venv/bin/python" - <<'EOF'
import os
import sys

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # it asks the network for newer versions otherwise

import albumentations as A
import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, get_worker_info


class Pictures(Dataset):
    """Four gray pictures: what is seen of each is the brightness drawn for it."""

    def __init__(self) -> None:
        self.transform = A.Compose([A.RandomBrightnessContrast(brightness_limit=0.3, contrast_limit=0, p=1)])

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> int:
        return int(self.transform(image=np.full((2, 2, 3), 128, np.uint8))["image"][0, 0, 0])


def seed(worker: int) -> None:
    info = get_worker_info()
    info.dataset.transform.set_random_seed(info.seed % 2**32)


print("albumentations", A.__version__, "torch", torch.__version__)
print("expected: values that differ, from picture to picture and from epoch to epoch")
seen = {}
for name, start in (("as it is", None), ("with worker_init_fn", seed)):
    loader = DataLoader(Pictures(), batch_size=1, num_workers=2, worker_init_fn=start, multiprocessing_context="fork")
    seen[name] = [[int(value) for value in loader] for _ in range(3)]
    print(f"seen:     {name}, three epochs, two workers in turn: {seen[name]}")
first, *others = seen["as it is"]
repeated = first[0::2] == first[1::2] and all(epoch == first for epoch in others)
sys.exit(0 if repeated and len({tuple(epoch) for epoch in seen["with worker_init_fn"]}) == 3 else "This has changed.")
EOF
