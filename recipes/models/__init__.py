"""Networks as plain modules: a recipe's YAML names one, `recipes.tasks` trains it."""

from recipes.models.bags import AverageNet, RatioNet
from recipes.models.embeddings import Embeddings
from recipes.models.language import LanguageNet
from recipes.models.network import Network
from recipes.models.reader import ReaderNet
from recipes.models.signs import SignsNet

__all__ = ["AverageNet", "Embeddings", "LanguageNet", "Network", "RatioNet", "ReaderNet", "SignsNet"]
