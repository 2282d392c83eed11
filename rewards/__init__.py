"""Laurel: a self-hosted rewards desk for coaches and small teams."""

__version__ = "0.1.0"
