"""What somebody who knows a person learns from a project: choices of knowledge, searches, and their sentences."""
