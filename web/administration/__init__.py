"""What the pages of administrators share: reports, models, judging, people."""
