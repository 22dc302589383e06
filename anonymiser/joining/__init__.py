"""A release beside the earlier ones of the same people: what joins, whether it nests, the nearest setting that does."""
