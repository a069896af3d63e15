"""A Bot API server of our own, in-process or as a program: long polling, webhook, and the faults of a bad day by script."""

from tests.fakes.bot_api.faults import Fault, Rule, rules_of
from tests.fakes.bot_api.limits import Limits
from tests.fakes.bot_api.server import BotApi
from tests.fakes.bot_api.state import TOKEN, Sent

__all__ = ["TOKEN", "BotApi", "Fault", "Limits", "Rule", "Sent", "rules_of"]
