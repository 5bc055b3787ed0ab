"""Small data sets drawn by code, with planted faults whose places are known: food for the demo, the tests and the benchmarks."""

from toolkit.samples.pictures import contact_sheet, write_png
from toolkit.samples.signs import SIGN_NAMES, DrawnSigns, Fault, SignFaults, SignOptions, draw_signs

__all__ = ["SIGN_NAMES", "DrawnSigns", "Fault", "SignFaults", "SignOptions", "contact_sheet", "draw_signs", "write_png"]
