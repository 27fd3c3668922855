"""Versioned contracts of `webhook`."""
