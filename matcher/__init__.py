"""Scenario matching: the domain, the learning and the storage. Nothing here knows Flask."""

__version__ = "0.1.0"
