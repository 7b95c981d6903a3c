"""Needs that find nobody: entries of the supply gap, and the open calls that answer them."""
