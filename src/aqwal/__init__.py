"""Aqwal (أقوال, "things said"): who said what, on whose word, in Arabic news."""

__version__ = "0.1.0"
