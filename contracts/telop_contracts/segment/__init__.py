"""Versioned contracts of `segment`."""
