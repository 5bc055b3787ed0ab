"""Series made by code: a station's weather with planted faults, gestures of three classes, and a path in the plane."""

from toolkit.samples.series.gestures import GESTURES, PATHS, GestureOptions, write_gestures, write_path
from toolkit.samples.series.weather import WeatherOptions, WrittenWeather, write_weather

__all__ = [
    "GESTURES",
    "PATHS",
    "GestureOptions",
    "WeatherOptions",
    "WrittenWeather",
    "write_gestures",
    "write_path",
    "write_weather",
]
