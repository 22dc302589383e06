"""Counting classes of integer codes, fast; nothing here knows what a column means."""
