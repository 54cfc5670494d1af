"""The command line: every verb in one place, exit codes, errors in one line. Verbs and options are in docs/cli.md; a test compares the two.

Knows: which verbs there are. What a verb takes and does is in `verbs/`, a file a group; imports are made when a verb
runs, so that `--help` is quick and no verb pays for gradio, torch or a model it does not use.
Exit codes: 0 good, 1 a check failed, 2 wrong use or bad input, 3 something needed is missing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from chatrec.errors import ChatRecError
from chatrec.verbs.catalog import catalog
from chatrec.verbs.dialogues import dialogues
from chatrec.verbs.evaluate import evaluate
from chatrec.verbs.shared import PROGRAM
from chatrec.verbs.talking import chat, doctor, serve
from chatrec.verbs.train import train
from chatrec.verbs.user import user

app = typer.Typer(
    name="chatrec",
    help="ChatRec: a conversational recommender for any catalogue, in English and Chinese.",
    epilog="Settings come from the environment or a .env file: docs/settings.md. All verbs: docs/cli.md.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command(epilog=f"Example: {PROGRAM} serve --port 8000 --catalog teas")(serve)
app.command(epilog=f'Example: {PROGRAM} chat --json "a light laptop under 1000 euros"')(chat)
app.command()(doctor)
app.command(epilog=f"Example: {PROGRAM} dialogues tests/dialogues --tag en --html report.html")(dialogues)
app.add_typer(catalog, name="catalog")
app.add_typer(evaluate, name="evaluate")
app.add_typer(train, name="train")
app.add_typer(user, name="user")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb and give its exit code. Every error a person can cause is one line on stderr."""
    try:
        return app(list(arguments) if arguments is not None else None, standalone_mode=False, prog_name=PROGRAM) or 0
    except ChatRecError as error:
        return _say(str(error), error.exit_code)
    except typer.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:  # `chatrec ... | head`
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - what Python prints at its end must go somewhere
        return 0
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        if type(error).__name__ == "NoArgsIsHelpError":  # a group without a verb: the message is its help
            print(message, file=sys.stderr)
            return 2
        message = message if message.endswith(("?", ".", ")")) else f"{message}."
        return _say(f"{message} See: {context.command_path if context else PROGRAM} --help", 2)
    except Exception as error:  # the outer door: people get a sentence, the trace is there for who asks
        if os.environ.get("CHATREC_LOG_LEVEL", "").lower() == "debug":
            raise
        return _say(f"ChatRec failed: {type(error).__name__}: {error}. CHATREC_LOG_LEVEL=debug shows where.", 1)


def _say(message: str, code: int) -> int:
    print(" ".join(message.split()), file=sys.stderr)
    return code
