"""What changes the records."""
