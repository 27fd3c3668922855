"""Versioned contracts of `recheck`."""
