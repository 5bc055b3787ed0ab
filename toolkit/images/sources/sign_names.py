"""What the 43 signs of the German Traffic Sign Recognition Benchmark mean, by class number; its readers name classes by them."""

from __future__ import annotations

__all__ = ["SIGN_NAMES"]

SIGN_NAMES = (
    *(f"Speed limit {limit} km/h" for limit in (20, 30, 50, 60, 70, 80)),
    "End of speed limit 80 km/h",
    *(f"Speed limit {limit} km/h" for limit in (100, 120)),
    "No passing",
    "No passing by vehicles over 3.5 t",
    "Right of way at the next intersection",
    "Priority road",
    "Yield",
    "Stop",
    "No vehicles",
    "No vehicles over 3.5 t",
    "No entry",
    "General caution",
    "Dangerous curve to the left",
    "Dangerous curve to the right",
    "Double curve",
    "Bumpy road",
    "Slippery road",
    "Road narrows on the right",
    "Road work",
    "Traffic signals",
    "Pedestrians",
    "Children crossing",
    "Bicycles crossing",
    "Ice or snow",
    "Wild animals crossing",
    "End of all speed and passing limits",
    "Turn right ahead",
    "Turn left ahead",
    "Ahead only",
    "Straight ahead or right",
    "Straight ahead or left",
    "Keep right",
    "Keep left",
    "Roundabout",
    "End of no passing",
    "End of no passing by vehicles over 3.5 t",
)
"""Source: Stallkamp et al., The German Traffic Sign Recognition Benchmark, 2011, whose class numbers these follow."""
