"""What Lightning's own callbacks lack."""

from recipes.callbacks.flops import FlopCounter
from recipes.callbacks.seeding import SeedEpochs

__all__ = ["FlopCounter", "SeedEpochs"]
