"""The Telegram edge; python-telegram-bot is imported only here."""
