"""The processes that ``delivery.py`` measures: ``python -m tests.bench.delivery_parts serve|turns|echo …``."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from typing import Any, cast

from bot.app import build
from bot.settings import read_settings
from bot.telegram.workers import COUNT
from intents.engine import Engine
from intents.understanding import Context, Understanding
from tests.fakes.bot_api import TOKEN

SAYS = ("/start", "我妈要透析，小区封了怎么去医院，雁塔区", "谢谢", "给我讲个笑话", "fever clinic near Wangjing?")


class Still:
    """An understanding that does nothing: each text of the bench was understood beforehand."""

    def __init__(self, engine: Engine) -> None:
        self.knowledge = engine.knowledge
        self._known = engine.understand(SAYS[0], Context())

    def understand(self, text: str, context: Context) -> Understanding:
        return self._known


def engine_of(kind: str) -> Engine | None:
    """``real``: what the service opens by itself; ``empty``: one that does nothing."""
    return None if kind == "real" else cast(Engine, Still(Engine.open()))


def serve(kind: str, parts: str) -> None:
    """The service as it is; with ``intake`` only the part that takes messages in."""
    app = build(read_settings(), engine=engine_of(kind))
    if parts == "intake":
        edge: Any = app.telegram
        edge._workers._count = 0
        app.hotline.resume = lambda stop=None: 0  # type: ignore[method-assign]
    app.run()
    app.close()


def turns(kind: str) -> None:
    """Answer what lies in the inbox, from the line ``go`` on."""
    app = build(read_settings(), engine=engine_of(kind))
    app.understanders.start()
    while app.understanders.ready < app.understanders.count:
        time.sleep(0.01)
    print("ready", flush=True)
    sys.stdin.readline()
    addresses = app.store.open_addresses()
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if not addresses:
                    return
                address = addresses.pop()
            app.hotline.process(address)

    threads = [threading.Thread(target=work) for _ in range(COUNT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("done", flush=True)
    app.understanders.close()
    app.close()


def echo(base_url: str, port: int) -> None:
    """A bare webhook bot of python-telegram-bot, as its documents show it on a web server of one's own. It stores nothing."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from telegram import Update
    from telegram.ext import Application, MessageHandler, filters

    async def say(update: Update, _: Any) -> None:
        if update.message is not None:
            await update.message.reply_text(update.message.text or "")

    async def main() -> None:
        made = Application.builder().token(TOKEN).base_url(f"{base_url}/bot").updater(None).concurrent_updates(8).connection_pool_size(16)
        bot = made.build()
        bot.add_handler(MessageHandler(filters.ALL, say))

        async def hook(request: Request) -> Response:
            await bot.update_queue.put(Update.de_json(json.loads(await request.body()), bot.bot))
            return Response()

        app = Starlette(routes=[Route("/telegram", hook, methods=["POST"])])
        async with bot:
            await bot.start()
            await bot.bot.set_webhook(f"http://127.0.0.1:{port}/telegram")
            await uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False)).serve()
            await bot.stop()

    asyncio.run(main())


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    if what == "serve":
        serve(*given)
    elif what == "turns":
        turns(*given)
    else:
        echo(given[0], int(given[1]))
