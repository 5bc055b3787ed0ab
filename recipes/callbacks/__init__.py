"""What Lightning's own callbacks lack."""

from recipes.callbacks.flops import FlopCounter
from recipes.callbacks.seeding import SeedSteps

__all__ = ["FlopCounter", "SeedSteps"]
