"""Words and their vectors: files as word2vec, GloVe and fastText write them come in, word2vec's go out; neighbours are asked between."""

from recipes.word_vectors.read import read_vectors
from recipes.word_vectors.told import VectorFile
from recipes.word_vectors.vectors import WordVectors
from recipes.word_vectors.write import write_vectors

__all__ = ["VectorFile", "WordVectors", "read_vectors", "write_vectors"]
