"""What Lightning's own callbacks lack."""

from recipes.callbacks.flops import FlopCounter
from recipes.callbacks.seeding import SeedSteps
from recipes.callbacks.selection import Selection, Stopping

__all__ = ["FlopCounter", "SeedSteps", "Selection", "Stopping"]
