"""What a long command says while it runs: stages in words, a bar with rate and remaining time."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tqdm import tqdm


class Progress:
    """A bar on standard error, drawn only on a terminal; calling it moves the bar.

    Parameters
    ----------
    what : str
        What the first stage does.
    quiet : bool
        Say nothing and draw nothing.
    """

    def __init__(self, what: str, *, quiet: bool = False) -> None:
        self._what = what
        self._quiet = quiet
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def __call__(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are finished; fewer than before begins a new bar."""
        if self._bar is not None and (total != self._bar.total or done < self._bar.n):
            self._close()
        if self._bar is None:
            self._bar = self._open(total)
        self._bar.update(done - self._bar.n)

    def say(self, what: str) -> None:
        """Begin a stage and name it."""
        self._close()
        self._what = what
        if not self._quiet:
            click.echo(what, err=True)

    def _open(self, total: int) -> tqdm[Any]:
        from tqdm import tqdm

        # None lets tqdm look whether anybody watches.
        silent = True if self._quiet else None
        return tqdm(desc=self._what, total=total, file=sys.stderr, disable=silent, leave=False)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
