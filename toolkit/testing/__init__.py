"""Contracts that come as test classes: a kind of data of your own subclasses one, and pytest runs its laws."""

from toolkit.testing.wing import WingContract

__all__ = ["WingContract"]
