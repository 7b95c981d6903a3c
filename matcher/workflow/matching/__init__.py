"""Matching for a person who waits: the serving model, what is shown, shadow and exploration."""
