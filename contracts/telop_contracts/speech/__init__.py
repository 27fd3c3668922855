"""Versioned contracts of `speech`."""
