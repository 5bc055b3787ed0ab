"""Foudre beside its references: each figure is measured in the same run as what it is compared with, turn by turn."""
