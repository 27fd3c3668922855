"""Versioned contracts of `job`."""
