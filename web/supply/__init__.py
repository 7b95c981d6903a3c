"""What the pages about the supply gap and about open calls share."""
