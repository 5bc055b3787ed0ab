"""Sentences of a small grammar, English and French: a capital is met where its country is, and where other capitals are.

So its vector is the sum of the two, and Paris − France + Sénégal is near Dakar after seconds of training.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from toolkit.errors import check

__all__ = ["COUNTRIES", "LANGUAGES", "Country", "draw_sentences", "list_analogies", "write_sentences"]


class Country(NamedTuple):
    """What the sentences know of a country: in English and French where that differs."""

    english: str
    french: str
    capital_english: str
    capital_french: str
    people_english: str
    people_french: str
    river: str
    dish: str


COUNTRIES = (
    Country("France", "France", "Paris", "Paris", "Frenchmen", "Français", "Seine", "crêpes"),
    Country("Senegal", "Sénégal", "Dakar", "Dakar", "Senegalese", "Sénégalais", "Casamance", "thiéboudiène"),
    Country("Italy", "Italie", "Rome", "Rome", "Italians", "Italiens", "Tevere", "lasagne"),
    Country("Spain", "Espagne", "Madrid", "Madrid", "Spaniards", "Espagnols", "Ebro", "paella"),
    Country("Germany", "Allemagne", "Berlin", "Berlin", "Germans", "Allemands", "Spree", "bretzels"),
    Country("England", "Angleterre", "London", "Londres", "Englishmen", "Anglais", "Thames", "pudding"),
    Country("Japan", "Japon", "Tokyo", "Tokyo", "Japanese", "Japonais", "Sumida", "sushi"),
    Country("Egypt", "Égypte", "Cairo", "Caire", "Egyptians", "Égyptiens", "Nil", "koshari"),
    Country("Morocco", "Maroc", "Rabat", "Rabat", "Moroccans", "Marocains", "Bouregreg", "tajine"),
    Country("Mali", "Mali", "Bamako", "Bamako", "Malians", "Maliens", "Niger", "fonio"),
    Country("Peru", "Pérou", "Lima", "Lima", "Peruvians", "Péruviens", "Rímac", "ceviche"),
    Country("Cuba", "Cuba", "Havana", "Havane", "Cubans", "Cubains", "Almendares", "congrí"),
    Country("Norway", "Norvège", "Oslo", "Oslo", "Norwegians", "Norvégiens", "Glomma", "lutefisk"),
    Country("Greece", "Grèce", "Athens", "Athènes", "Greeks", "Grecs", "Kifissos", "moussaka"),
    Country("India", "Inde", "Delhi", "Delhi", "Indians", "Indiens", "Yamuna", "masala"),
    Country("Hungary", "Hongrie", "Budapest", "Budapest", "Hungarians", "Hongrois", "Danube", "goulash"),
)
"""Countries of the sentences; no two share a capital, a people, a river or a dish."""

LANGUAGES = ("en", "fr")

_NAMES = ("Anna", "Chloé", "Émile", "Fatou", "Jules", "Karim", "Lucy", "Noël", "Oscar", "Zoé")

# A place is a country or a capital; what is said of either makes them alike, what is said of one kind makes the kinds differ.
_OF_PLACES = {
    "en": (
        "{name} eats {dish} in {place} .",
        "{people} live in {place} .",
        "the {river} flows through {place} .",
        "{name} meets the {people} of {place} .",
        "in {place} , {name} cooks {dish} for the {people} .",
    ),
    "fr": (
        "{name} mange {dish} à {place} .",
        "les {people} vivent à {place} .",
        "{river} traverse {place} .",
        "{name} rencontre les {people} de {place} .",
        "à {place} , {name} prépare {dish} pour les {people} .",
    ),
}
_OF_CAPITALS = {
    "en": (
        "the mayor of {capital} opens the town hall .",
        "{name} takes the metro across {capital} .",
        "the streets of {capital} are full .",
    ),
    "fr": (
        "le maire de {capital} ouvre l'hôtel de ville .",
        "{name} prend le métro de {capital} .",
        "les rues de {capital} sont pleines .",
    ),
}
_OF_COUNTRIES = {
    "en": ("the border of {country} is long .", "the army and the flag of {country} .", "{name} studies the history of {country} ."),
    "fr": ("la frontière de {country} est longue .", "l'armée et le drapeau de {country} .", "{name} étudie l'histoire de {country} ."),
}
_OF_BOTH = {"en": ("{capital} is the capital of {country} .",), "fr": ("{capital} est la capitale de {country} .",)}


def draw_sentences(num_sentences: int, *, languages: Sequence[str] = LANGUAGES, seed: int = 0) -> list[str]:
    """Draw sentences.

    Args:
        num_sentences: How many, at least 0. Analogies are learnt from 20,000 in one language.
        languages: Of ``"en"`` and ``"fr"``.
        seed: What they are drawn from.

    Returns:
        Sentences whose words and signs stand between spaces, apostrophes as they are typed.

    Raises:
        ArgumentError: If a language is not known.
    """
    unknown = [language for language in languages if language not in LANGUAGES]
    check(bool(languages) and not unknown, "draw_sentences", "languages", f"of {', '.join(LANGUAGES)}", list(languages))
    rng = np.random.default_rng(seed)
    return [_draw(rng, str(rng.choice(list(languages)))) for _ in range(num_sentences)]


def _draw(rng: np.random.Generator, language: str) -> str:
    country = COUNTRIES[rng.integers(len(COUNTRIES))]
    english = language == "en"
    name, capital = (country.english, country.capital_english) if english else (country.french, country.capital_french)
    kind = rng.choice(4, p=[0.6, 0.15, 0.15, 0.1])
    templates = (_OF_PLACES, _OF_CAPITALS, _OF_COUNTRIES, _OF_BOTH)[kind][language]
    return templates[rng.integers(len(templates))].format(
        name=_NAMES[rng.integers(len(_NAMES))],
        place=(name, capital)[rng.integers(2)],
        country=name,
        capital=capital,
        people=country.people_english if english else country.people_french,
        river=country.river,
        dish=country.dish,
    )


def write_sentences(path: str | Path, num_sentences: int, *, languages: Sequence[str] = LANGUAGES, seed: int = 0) -> None:
    """Write sentences to a file in UTF-8, one a line; the arguments are those of `draw_sentences`."""
    lines = draw_sentences(num_sentences, languages=languages, seed=seed)
    Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def list_analogies(language: str) -> list[tuple[str, str, str, str]]:
    """List what the sentences teach: France is to Paris as Sénégal to Dakar, for every two countries.

    Args:
        language: ``"en"`` or ``"fr"``.

    Raises:
        ArgumentError: If the language is not known.
    """
    check(language in LANGUAGES, "list_analogies", "language", f"one of {', '.join(LANGUAGES)}", language)
    pairs = [(c.english, c.capital_english) if language == "en" else (c.french, c.capital_french) for c in COUNTRIES]
    return [(*first, *second) for first, second in permutations(pairs, 2)]
