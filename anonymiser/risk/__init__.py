"""Risk of re-identification: what attackers of several kinds can expect, one family a file."""
