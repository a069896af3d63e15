"""The command ``hotline``. Heavy modules are imported by the command that needs them: a cold ``ask`` must be quick."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import click

from bot.cli_backup import backup, restore
from bot.cli_broadcast import broadcast
from bot.cli_case import case
from bot.cli_doctor import doctor
from bot.cli_duty import duty
from bot.cli_list import queue, search
from bot.cli_operator import operator
from bot.cli_oversight import brief, export, oversight
from bot.cli_phones import phones
from bot.cli_store import migrate_database, outbox
from bot.errors import HotlineError

if TYPE_CHECKING:
    from bot.settings import Settings
    from intents.engine import Engine

Lang = Literal["", "zh", "en"]


class Friendly(click.Group):
    """Says what is wrong and how to mend it, and never shows a traceback: its text could hold a resident's words."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Data, settings or a database that cannot be used end with code 2, our own mistakes with 1."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except HotlineError as error:
            _leave(2, f"hotline: {error}")
        except Exception as error:  # the last resort: no traceback for residents' words to be in
            if type(error).__name__ == "BrokenData":
                problems = "\n".join(map(str, getattr(error, "problems", None) or [error]))
                _leave(2, f"{problems}\nhotline: the data cannot be used; mend what is listed and run: hotline check")
            from bot.log import describe

            _leave(1, f"hotline: this should not have happened: {describe(error)}")


def _leave(code: int, message: str) -> None:
    from bot.safe import printable

    click.echo(printable(message), err=True)
    raise SystemExit(code)


@click.group(cls=Friendly, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="green-channel", prog_name="hotline", message="%(prog)s %(version)s")
def main() -> None:
    """Green Channel: a hotline for residents under lockdown. Settings: HOTLINE_… and TELEGRAM_BOT_TOKEN in the environment."""


@main.command()
@click.argument("text", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Everything that was understood, as one JSON object.")
@click.option("--jsonl", is_flag=True, help='Answer JSON lines {"id", "text", "lang"?, "city"?, "context"?} from standard input.')
@click.option("--city", default="", help="The city, where the message names none.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="The language of the reply; without: the message's own.")
def ask(text: tuple[str, ...], as_json: bool, jsonl: bool, city: str, lang: Lang | None) -> None:
    """Answer TEXT as a resident would see it.

    Stateless, without a database.
    """
    if jsonl and (text or as_json):
        raise click.UsageError("--jsonl reads standard input; leave out TEXT and --json")
    if not jsonl and not text:
        raise click.UsageError("write a TEXT, or use --jsonl")
    from bot.cli_ask import Asker
    from bot.clock import SystemClock
    from bot.lines import Question
    from bot.safe import storable

    settings, engine = _open(city)
    from bot.replies import Replies

    asker = Asker(engine, Replies(engine.knowledge), settings, SystemClock())
    if jsonl:
        asker.lines(_stdin(), _say)
        return
    question = Question(None, storable(" ".join(text)), lang or "")
    (asker.json if as_json else asker.text)(question, _say)


@main.command()
@click.option("--jsonl", is_flag=True, help="A conversation for machines: a JSON line in, a JSON line out (see README).")
@click.option("--save", is_flag=True, help="Keep the conversation and its cases in HOTLINE_DATABASE; without: nothing is kept.")
@click.option("--database", default="", metavar="PATH", help="Keep them in this database (a path or a postgresql:// URL).")
@click.option("--city", default="", help="The city, where the message names none.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="The language of the replies; without: the messages' own.")
def chat(jsonl: bool, save: bool, database: str, city: str, lang: Lang | None) -> None:
    """Hold a conversation in the terminal."""
    settings, engine = _open(city)
    from bot.cli_chat import Chat, talk
    from bot.cli_chat_lines import Lines
    from bot.clock import MovedClock, SystemClock
    from bot.hotline import Hotline
    from bot.log import configure
    from bot.replies import Replies
    from bot.store.store import Store

    configure("ERROR", settings.log_format)
    clock, replies = MovedClock(SystemClock()), Replies(engine.knowledge)
    store = Store(database or (settings.database if save else ":memory:"), clock)
    talking = Chat(clock, lang=lang or "")
    hotline = Hotline(engine, replies, store, settings, clock, watch=talking.watch)
    try:
        if jsonl:
            Lines(talking, hotline, store, clock, engine.knowledge.cities).run(_stdin(), _say)
            return
        shown = lang or ("en" if os.environ.get("LANG", "").startswith("en") else "zh")
        _say(replies.say("terminal.hello", shown))
        if not settings.live:
            _say(replies.say("terminal.replay", shown, date=settings.day(clock.now()).isoformat()))
        talk(talking, hotline, _prompt, _say, replies.say("terminal.failed", shown))
    finally:
        store.close()


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def check(rest: tuple[str, ...]) -> None:
    """Check the data: every error with file, line and how to mend it."""
    from intents.check import main as run

    sys.exit(run(*([list(rest)] if rest else [])) or 0)


@main.command(name="eval", context_settings={"ignore_unknown_options": True})
@click.argument("files", nargs=-1, required=True, type=click.UNPROCESSED, metavar="FILE...")
def evaluate(files: tuple[str, ...]) -> None:
    """Measure the understanding on labelled messages (JSON lines)."""
    from intents.evaluate import main as run

    sys.exit(run(list(files)) or 0)


@main.command()
def fit() -> None:
    """Build what is derived from the data.

    The first start need not do it then.
    """
    _, engine = _open()
    click.echo(f"Ready: data {engine.knowledge.version}", err=True)


@main.command()
def run() -> None:
    """Run the service: the page and Telegram.

    Telegram where there is a TELEGRAM_BOT_TOKEN.
    """
    from bot.settings import read_settings

    settings = read_settings()
    from bot.app import build
    from bot.cli_progress import Bar
    from bot.log import catch_strays, configure

    token = settings.telegram_bot_token
    configure(settings.log_level, settings.log_format, (token.get_secret_value(),) if token else ())
    catch_strays()

    with Bar() as bar:
        app = build(settings, progress=bar)
    date = "today's date" if settings.live else f"a replay of {settings.date}"
    first = app.accounts.first_link()
    telegram = "with Telegram" if app.telegram else "without Telegram (no TELEGRAM_BOT_TOKEN)"
    try:
        app.run(lambda url: click.echo(_welcome(url, f"({date}, {telegram}; Ctrl-C ends)", first), err=True))
    finally:
        app.close()


def _welcome(url: str, how: str, first: str | None) -> str:
    """What the terminal says at the start. A link that makes an administrator stands here only, in no log."""
    link = f"\nNo staff account yet. Make the first one here, within 24 hours: {url}desk/link/{first}" if first else ""
    return f"Green Channel: {url}  {how}{link}"


def _open(city: str = "") -> tuple[Settings, Engine]:
    from bot.cli_progress import Bar
    from bot.engine import open_engine
    from bot.settings import read_settings

    settings = read_settings(**({"city": city} if city else {}))
    with Bar() as bar:
        return settings, open_engine(settings, bar)


def _stdin() -> BinaryIO:
    return sys.stdin.buffer


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _prompt() -> str | None:
    # Only before the first line is read: afterwards a stream that is no terminal refuses it.
    if hasattr(sys.stdin, "reconfigure") and sys.stdin.errors != "replace":
        sys.stdin.reconfigure(errors="replace")
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (gives input() its line editing)
    try:
        return input("> ")
    except EOFError:
        return None


for _command in (
    backup,
    brief,
    broadcast,
    case,
    doctor,
    duty,
    export,
    migrate_database,
    operator,
    outbox,
    oversight,
    phones,
    queue,
    restore,
    search,
):
    main.add_command(_command)


if __name__ == "__main__":
    main()
