"""The text wing: sources → Manifest → Plan, whose encoder fills a dataset file; see `toolkit.wing` for what each hands on."""

from toolkit.text.checks import FITTED, IDENTITY, LOOKALIKES, find_lookalikes, find_outliers
from toolkit.text.encode import TextEncoder
from toolkit.text.measure import measure, measure_stored
from toolkit.text.plan import TextOptions, encoder, pipeline_of, plan
from toolkit.text.show import Show
from toolkit.text.sources import TextReadOptions, read
from toolkit.text.tell import tell
from toolkit.text.tokenize import Tokenizer, split_sentences
from toolkit.text.views import Bag, count_tokens, multi_hot, ngrams, one_hot, tf_idf
from toolkit.text.vocabulary import Vocabulary
from toolkit.text.words import WordOptions, Words

__all__ = [
    "FITTED",
    "IDENTITY",
    "LOOKALIKES",
    "Bag",
    "Show",
    "TextEncoder",
    "TextOptions",
    "TextReadOptions",
    "Tokenizer",
    "Vocabulary",
    "WordOptions",
    "Words",
    "count_tokens",
    "encoder",
    "find_lookalikes",
    "find_outliers",
    "measure",
    "measure_stored",
    "multi_hot",
    "ngrams",
    "one_hot",
    "pipeline_of",
    "plan",
    "read",
    "split_sentences",
    "tell",
    "tf_idf",
]
