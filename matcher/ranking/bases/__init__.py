"""The third side of a match: which base service could host the pilot."""
