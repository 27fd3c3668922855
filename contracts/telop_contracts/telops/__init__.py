"""Versioned contracts of `telops`."""
