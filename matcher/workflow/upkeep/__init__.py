"""What an installation forgets, and what it proves to have kept."""
