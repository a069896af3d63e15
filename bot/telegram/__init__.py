"""The Telegram edge; python-telegram-bot is imported only here."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's own switch: without it times in seconds raise deprecation warnings
