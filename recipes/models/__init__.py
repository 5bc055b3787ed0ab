"""Networks as plain modules: a recipe's YAML names one, `recipes.tasks` trains it."""

from recipes.models.bags import AverageNet, RatioNet
from recipes.models.decoder import EncoderDecoderNet, OnwardNet
from recipes.models.embeddings import Embeddings
from recipes.models.forecast_net import ForecastNet
from recipes.models.language import LanguageNet
from recipes.models.linear_forecast import DLinear, LastValue, Linear, NLinear, SeasonalNaive
from recipes.models.network import Network
from recipes.models.reader import ReaderNet
from recipes.models.recurrent import DirectNet, EachStepNet
from recipes.models.segment import SegmentNet
from recipes.models.series_reader import SeriesReaderNet
from recipes.models.signs import SignsNet

__all__ = [
    "AverageNet",
    "DLinear",
    "DirectNet",
    "EachStepNet",
    "Embeddings",
    "EncoderDecoderNet",
    "ForecastNet",
    "LanguageNet",
    "LastValue",
    "Linear",
    "NLinear",
    "Network",
    "OnwardNet",
    "RatioNet",
    "ReaderNet",
    "SeasonalNaive",
    "SegmentNet",
    "SeriesReaderNet",
    "SignsNet",
]
