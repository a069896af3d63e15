"""``hotline doctor``: what was found, a line each."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="All findings as one JSON object.")
def doctor(as_json: bool) -> None:
    """See whether the service can work here, and say how to mend what cannot.

    Settings, database, messages, Telegram, clock and data; a line each: ok, look or broken. Changes nothing, may run beside
    the service, and never shows the token. Code 2 where something is broken.
    """
    from bot.clock import SystemClock
    from bot.doctor import Finding, examine
    from bot.lines import ascii_line
    from bot.safe import one_line

    found: list[Finding] = []
    for finding in examine(SystemClock()):
        found.append(finding)
        if not as_json:
            mend = f" → {finding.mend}" if finding.mend else ""
            click.echo(f"{finding.state:<6}  {finding.about:<8}  {one_line(finding.says, 400)}{mend}")
            sys.stdout.flush()
    broken = any(finding.state == "broken" for finding in found)
    if as_json:
        rows = [{"about": each.about, "state": each.state, "says": each.says, "mend": each.mend} for each in found]
        click.echo(ascii_line({"ok": not broken, "findings": rows}))
    raise SystemExit(2 if broken else 0)
