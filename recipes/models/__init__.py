"""Networks as plain modules: a recipe's YAML names one, `recipes.tasks` trains it."""

from recipes.models.embeddings import Embeddings
from recipes.models.network import Network
from recipes.models.signs import SignsNet

__all__ = ["Embeddings", "Network", "SignsNet"]
