"""Versioned contracts of `access`."""
