"""Requirement lines: hold each requirement of a need against the evidence of a candidate."""
