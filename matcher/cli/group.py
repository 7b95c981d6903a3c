"""The group of all commands, and the border where errors become words and exit codes.

Exit codes: 0 done; 2 the input, a file or a setting is wrong, and the message says which; 1 a fault
of the program; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

import click

from matcher.cli import (
    EXIT_INTERRUPTED,
    accounts,
    alerts,
    audit,
    catalogue,
    daily,
    demo,
    demonstration,
    evaluate,
    match,
    models,
    open_data,
    replay,
    report,
    retention,
    rounds,
    serve,
    train,
    version,
)
from matcher.errors import ImportFailed, InvalidRecord, MatcherError

EXIT_BAD_INPUT = 2
EXIT_FAULT = 1
DEBUG_VARIABLE = "AIPLUS_DEBUG"
MAX_PROBLEMS_SHOWN = 50


class Aiplus(click.Group):
    """A group whose commands never show a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it raises into one message and an exit code."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except MatcherError as error:
            say_error(message_of(error), error)
            ctx.exit(EXIT_BAD_INPUT)
        except KeyboardInterrupt:
            click.echo("\n已中断 · interrupted", err=True)
            ctx.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            _forget_output()
            ctx.exit(0)
        except OSError as error:
            say_error(
                f"aiplus: {error.strerror or error}: {error.filename or ''}".rstrip(": "), error
            )
            ctx.exit(EXIT_BAD_INPUT)
        except Exception as error:  # the border: a fault must not show a traceback to a user
            say_error(message_of(error), error)
            ctx.exit(EXIT_FAULT)


def message_of(error: Exception) -> str:
    """Return what a person is told about an error: its code and words, problems a line each."""
    if not isinstance(error, MatcherError):
        return (
            f"aiplus: 程序出错 · a fault of the program ({type(error).__name__}: {error}). "
            f"Set {DEBUG_VARIABLE}=1 to see where."
        )
    if isinstance(error, ImportFailed):
        shown = "\n".join(f"  {problem}" for problem in error.problems[:MAX_PROBLEMS_SHOWN])
        left = len(error.problems) - MAX_PROBLEMS_SHOWN
        more = f"\n  … {left} more" if left > 0 else ""
        n = len(error.problems)
        return (
            f"aiplus: [{error.code}] {n} 个问题，未导入任何数据 · "
            f"{n} problems, nothing was imported\n{shown}{more}"
        )
    if isinstance(error, InvalidRecord):
        lines = "\n".join(f"  {name}: {_joined(told)}" for name, told in error.errors.items())
        return (
            f"aiplus: [{error.code}] 输入的 {error.kind} 有误 · "
            f"the {error.kind} is not valid\n{lines}"
        )
    return f"aiplus: [{error.code}] {error}"


def _joined(told: Any) -> str:
    """Flatten the messages of one field, which nest where the field does."""
    if isinstance(told, dict):
        return "; ".join(f"{name}: {_joined(inner)}" for name, inner in told.items())
    if isinstance(told, list | tuple):
        return "; ".join(_joined(inner) for inner in told)
    from matcher.schemas.messages import Problem  # here: schemas take a fifth of a second

    if isinstance(told, Problem):
        return f"{told.words('zh')} · {told.words('en')}"
    return str(told)


def say_error(message: str, error: BaseException) -> None:
    """Tell a person of an error, and where it happened if that is asked for."""
    if os.environ.get(DEBUG_VARIABLE) == "1":
        traceback.print_exception(error)
    click.echo(message, err=True)


def _forget_output() -> None:
    """Keep the interpreter from complaining at exit about a reader that went away."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Aiplus,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def aiplus() -> None:
    """把企业的需求与人工智能供给方、中试基地匹配起来，并说明理由。

    Match industry needs with AI providers and pilot bases, with reasons.

    The database is the file that AIPLUS_DATABASE names (default: var/aiplus.db in the project), the
    models are in the folder AIPLUS_MODELS (default: models), the data in AIPLUS_DATA (default:
    data). Exit codes: 0 done, 2 wrong input or setting, 1 a fault of the program.
    """


for command in (
    catalogue.init,
    catalogue.load_catalogue,
    serve.serve,
    match.match,
    train.train,
    evaluate.evaluate,
    report.report,
    alerts.alerts,
    daily.daily,
    version.version,
    accounts.create_admin,
    accounts.reset_link,
    accounts.reset_second_factor,
    accounts.send_mail,
    audit.audit,
    demo.demo,
    demonstration.end_demo,
    models.models_group,
    open_data.open_data,
    replay.replay,
    retention.retention,
    rounds.rounds_group,
):
    aiplus.add_command(command)
