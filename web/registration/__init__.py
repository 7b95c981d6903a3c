"""What the forms of capabilities and base services share, and their review."""
