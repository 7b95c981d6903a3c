"""The report on what really happened: blocks of figures from a history log, no HTML.

``build`` makes the whole; one module a block. What each figure means stands in ``measures``.
"""
