"""The learning loop as its administrators use it: history, labels, judging, models, reports."""
