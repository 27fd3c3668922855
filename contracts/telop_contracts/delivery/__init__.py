"""Versioned contracts of `delivery`."""
