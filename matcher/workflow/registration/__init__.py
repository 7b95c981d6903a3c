"""Registered capabilities and base services: drafts, proposals, review and upkeep."""
