"""What Lightning's own callbacks lack."""

from recipes.callbacks.averaging import Averaging
from recipes.callbacks.flops import FlopCounter
from recipes.callbacks.seeding import SeedSteps
from recipes.callbacks.selection import LAST, Latest, Selection, Stopping

__all__ = ["LAST", "Averaging", "FlopCounter", "Latest", "SeedSteps", "Selection", "Stopping"]
