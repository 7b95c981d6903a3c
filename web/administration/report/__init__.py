"""The report on what really happened, as its page shows it: words, numbers, drawings, findings."""
