"""Versioned contracts of `check`."""
