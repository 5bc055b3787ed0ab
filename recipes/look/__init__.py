"""A look inside a trained network: a checkpoint comes in; its layer table, filters, feature maps and worst mistakes go out."""

from recipes.look.inside import look
from recipes.look.result import LookResult

__all__ = ["LookResult", "look"]
