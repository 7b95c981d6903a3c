"""Start the site under gunicorn: ``serve``.

The site is named to gunicorn as text; nothing here imports it. Settings of the server are in
``web/server.py``.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import click

from matcher.cli.database import current_database
from matcher.cli.demonstration import has_accounts, open_if_empty
from matcher.cli.options import note, with_database, with_models
from matcher.errors import MatcherError
from matcher.settings import DATABASE_VARIABLE, DEMO_VARIABLE, MODELS_VARIABLE

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PORT = click.IntRange(1, 65535)
A_FEW = click.IntRange(1, 64)
EXAMPLE = """\b
例 · Example:
  aiplus serve
  aiplus serve --host 127.0.0.1 --port 9000 --workers 4
"""


class CannotServe(MatcherError):
    """The address cannot be used."""

    code = "cannot_serve"


@click.command(short_help="启动网站 · start the site", epilog=EXAMPLE)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 · address.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口 · port."
)
@click.option("--workers", type=A_FEW, default=2, show_default=True, help="进程数 · processes.")
@click.option("--threads", type=A_FEW, default=4, show_default=True, help="线程数 · threads each.")
@click.option(
    "--demo", is_flag=True, help="没有账号时建立演示账号 · make demonstration accounts if none."
)
@with_database
@with_models
def serve(  # noqa: PLR0913 - one a flag of the command
    host: str, port: int, workers: int, threads: int, demo: bool, database: Path, models: Path
) -> None:
    """启动网站，按 Ctrl-C 停止 · Start the site; Ctrl-C stops it."""
    with current_database(database, read_only=True):
        pass  # refuses one that is missing, foreign, damaged, older or newer
    if demo and os.environ.get(DEMO_VARIABLE) != "0":
        open_if_empty(database)
    elif not has_accounts(database):
        note(
            "还没有账户 · there is no account yet: aiplus create-admin EMAIL makes an administrator"
        )
    check_address(host, port)
    os.environ[DATABASE_VARIABLE] = str(database.resolve())
    os.environ[MODELS_VARIABLE] = str(models.resolve())
    if host not in LOOPBACK:
        os.environ.setdefault("AIPLUS_TRUSTED_HOSTS", ",".join(sorted({*LOOPBACK, host})))
    arguments = ["--config", "python:web.server", "--bind", _bind(host, port)]
    arguments += ["--workers", str(workers), "--threads", str(threads), "web.server:application()"]
    note("正在读入模型与索引，几秒后就绪 · reading model and index, ready in some seconds")
    sys.stdout.flush()
    run_server(arguments)


def run_server(arguments: list[str]) -> None:
    """Become the server; it reads its arguments as its own command does and ends the process.

    In this process: another one would import everything a second time, and a Ctrl-C between the two
    would meet neither's handlers.
    """
    from gunicorn import __main__ as command
    from gunicorn.app.wsgiapp import WSGIApplication

    sys.argv = [str(command.__file__), *arguments]  # also how it would start itself anew
    WSGIApplication("gunicorn").run()


def check_address(host: str, port: int) -> None:
    """Refuse an address that is in use or not of this machine, before the server tries for long."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotServe(
                f"无法在 {host}:{port} 上提供服务 · cannot listen on {host}:{port} "
                f"({error.strerror or error}); choose another, for example: make run PORT=8123"
            ) from error


def _bind(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
