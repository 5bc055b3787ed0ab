"""What is learned and measured, as LightningModules: a network from `recipes.models` comes in, `recipes.train` fits it."""

from recipes.tasks.classifier import Classifier
from recipes.tasks.context_prediction import ContextPrediction
from recipes.tasks.forecaster import Forecaster
from recipes.tasks.language_model import LanguageModel
from recipes.tasks.task import Task

__all__ = ["Classifier", "ContextPrediction", "Forecaster", "LanguageModel", "Task"]
