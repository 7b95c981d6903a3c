"""Use cases: what the site and the command line ask for, each in one call."""
