"""Hierarchies of attributes and the rules that build them."""
