"""Scripts that a clean process runs to prove a version, and what they share."""
