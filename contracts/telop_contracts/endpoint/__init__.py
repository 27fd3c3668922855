"""Versioned contracts of `endpoint`."""
