"""The few hundred candidates that a ranker deserves, found among all items."""
