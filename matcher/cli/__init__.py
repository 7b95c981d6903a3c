"""The command line ``aiplus``: one module a group of commands, ``group`` puts them together.

Modules here parse options, call the domain, and print. They import what is heavy inside the
commands, so that ``aiplus --help`` answers at once.
"""

from __future__ import annotations

from matcher.cli.group import aiplus, main

__all__ = ["aiplus", "main"]
