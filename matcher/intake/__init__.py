"""What is read out of a need before it is published: quality, suggestions, duplicates, secrets.

Pure: a need (also a half-filled draft) and, for suggestions, an index are arguments; plain results
carry their words in both languages. Nothing here stores, publishes or refuses: pages and use cases
do. ``workflow.advice`` brings it together with the matching service.
"""
