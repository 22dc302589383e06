"""Halftone: how much detail about people can be shared safely."""
