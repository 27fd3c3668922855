"""Versioned contracts of `media`."""
