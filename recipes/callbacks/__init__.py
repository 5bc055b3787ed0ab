"""What Lightning's own callbacks lack."""

from recipes.callbacks.averaging import Averaging
from recipes.callbacks.curves import EPOCH_LOSS, LEARNING_RATE, EpochMeans
from recipes.callbacks.flops import FlopCounter
from recipes.callbacks.readiness import Readiness
from recipes.callbacks.seeding import SeedSteps
from recipes.callbacks.selection import LAST, Latest, Selection, Stopping
from recipes.callbacks.words import WordTests, WriteVectors

__all__ = [
    "EPOCH_LOSS",
    "LAST",
    "LEARNING_RATE",
    "Averaging",
    "EpochMeans",
    "FlopCounter",
    "Latest",
    "Readiness",
    "SeedSteps",
    "Selection",
    "Stopping",
    "WordTests",
    "WriteVectors",
]
