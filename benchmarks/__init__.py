"""Scripts that print speed and size side by side; ``python -m benchmarks`` runs them one after the other."""
