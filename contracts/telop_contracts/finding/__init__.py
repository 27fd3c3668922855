"""Versioned contracts of `finding`."""
