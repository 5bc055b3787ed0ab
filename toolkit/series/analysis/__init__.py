"""What values show, in figures: `course`, `rhythm` and `stationarity` of a variable, `likeness` of several, and its `faults`.

`survey` gathers what findings and topics go by, stretch by stretch.
"""
