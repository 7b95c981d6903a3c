"""What everybody may take away: needs as the public sees them, agreed outcomes, safe counts."""
