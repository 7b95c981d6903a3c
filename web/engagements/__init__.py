"""What the pages of an engagement and of its pilot share."""
