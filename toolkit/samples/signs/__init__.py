"""Drawn traffic signs in the German benchmark's own layout, with faults on request."""

from toolkit.samples.signs.draw import DrawnSigns, SignOptions, draw_signs
from toolkit.samples.signs.faces import SIGN_NAMES, draw_face
from toolkit.samples.signs.faults import Fault, SignFaults

__all__ = ["SIGN_NAMES", "DrawnSigns", "Fault", "SignFaults", "SignOptions", "draw_face", "draw_signs"]
