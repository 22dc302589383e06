"""What leaves and what stays: pseudonyms, dictionary, package, seal, opening."""
