"""Utility measures, all of one Protocol."""
