"""Privacy models, one family a file, all of one Protocol."""
