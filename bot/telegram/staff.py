"""What is written and pressed in the staff's group. It never becomes a resident's message, and nothing of it is kept but what acts.

Everything here may come twice, as updates do: an action bears the name of its message or press, so that it is done once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, get_args

from bot.account import Account
from bot.clock import Clock
from bot.desk import Changed, Desk, Refused
from bot.errors import StoreUnavailable
from bot.model import Priority
from bot.safe import storable
from bot.staff import Outcome
from bot.store import cards, group, group_answers
from bot.store.store import Store
from bot.telegram.incoming import Me, chat_in
from bot.telegram.staff_back import Back
from bot.telegram.staff_card import Names, Pressed, Seal, plain, text_of
from bot.telegram.staff_cast import CastRoom, CastsOf
from bot.telegram.staff_ports import Accounts, Duty, Nobody
from bot.telegram.staff_read import RIGHTS, command, part, whole, why
from bot.telegram.staff_words import COMMANDS, OPERATORS, say
from intents.targets import Targets

log = logging.getLogger(__name__)
_MEDIA = ("photo", "voice", "audio", "video", "video_note", "document", "sticker", "location", "contact")
QUEUE = 10
"""Cases that /queue lists."""


class StaffGroup:
    """:meth:`receive` blocks and belongs in a worker thread. ``out`` gets what is to be said, in that thread."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        named: int,
        *,
        accounts: Accounts | None = None,
        duty: Duty | None = None,
        targets: Targets | None = None,
        names: Names = plain,
        casts: CastsOf | None = None,
    ) -> None:
        """``named``: the group as it is set."""
        self.store, self.clock, self.names = store, clock, names
        self.accounts: Accounts = accounts or Nobody()
        self.duty: Duty = duty or Nobody()
        self.seal = Seal(store.secret("staff"))
        self.named, self.chat = named, store.write(lambda db: group.use(db, named))
        self.out: Callable[[Back], object] = lambda _: None
        self._targets = targets
        self._casts = CastRoom(casts, lambda who, action: self._refuse(who.telegram, "telegram.command", action)) if casts else None

    def ring(self, number: int) -> None:
        """Have an alarm posted for a case, with a sound; the one before it goes."""
        self.store.write(lambda db: cards.ring(db, number))

    def owns(self, raw: Mapping[str, Any]) -> bool:
        """Whether an update comes from the staff's group."""
        return chat_in(raw) in {str(self.named), str(self.chat)}

    def moved(self, new: int) -> None:
        """The group has another number. The setting may stay as it is, or be changed."""
        old, self.chat = self.chat, new
        self.store.write(lambda db: group.moved(db, old, new))
        log.warning("the staff's group has another number now")

    def private(self, raw: Mapping[str, Any]) -> None:
        """Keep that a resident tried what only the staff may; to the resident it is a command like any that there is none of."""
        try:
            self._private(raw)
        except Exception as error:
            # The resident's message counts more than that it is kept what they tried.
            log.error("staff refusal not kept: %s", type(error).__name__)

    def _private(self, raw: Mapping[str, Any]) -> None:
        message, query = part(raw, "message"), part(raw, "callback_query")
        user = whole(part(query or message, "from"), "id")
        if query and str(query.get("data", "")).startswith("staff:"):
            self._refuse(user, "telegram.button", "resident")
        text = str(message.get("text", ""))
        if text[:1] in {"/", "／"} and command(text)[0] in OPERATORS:
            self._refuse(user, "telegram.command", command(text)[0])

    def receive(self, raw: Mapping[str, Any], me: Me) -> None:
        """Do what an update of the group asks for. Raises :class:`StoreUnavailable`; then it is to come again."""
        try:
            if query := part(raw, "callback_query"):
                self._press(query)
            elif edited := part(raw, "edited_message"):
                own = whole(edited, "message_id")
                if self.store.read(lambda db: group_answers.was_answer(db, self.chat, own)):
                    self._say("edited", edited, self.accounts.of_telegram(whole(part(edited, "from"), "id")))
            elif message := part(raw, "message"):
                self._message(message, me)
        except StoreUnavailable:
            raise
        except Exception as error:
            # It would stop everybody's messages if it came again and again.
            log.error("staff update: %s", type(error).__name__)
            self._say("failed", part(raw, "message"), None)

    def _message(self, message: Mapping[str, Any], me: Me) -> None:
        if new := whole(message, "migrate_to_chat_id"):
            return self.moved(new)
        user = part(message, "from")
        # Who writes in the group's own name cannot be told from others.
        who = 0 if part(message, "sender_chat") else whole(user, "id")
        text = storable(str(message.get("text") or "")).strip()
        if user.get("is_bot") and who:
            return None
        if text[:1] in {"/", "／"}:
            return self._commanded(message, who, text) if me.commanded(text) else None
        number = self._case_of(message)
        answered = part(message, "reply_to_message")
        colleague = bool(answered) and "forum_topic_created" not in answered and whole(part(answered, "from"), "id") != me.id
        said = text or any(
            name in message for name in ("photo", "voice", "audio", "video", "video_note", "document", "sticker", "location")
        )
        if not number or colleague or not said:
            return None
        account = self._allowed(message, who, "answer")
        if account is None:
            return None
        if not text:
            return self._say("media", message, account)
        return self._act(message, account, lambda desk: self._answer(desk, account, number, text, whole(message, "message_id")), quiet=True)

    def _answer(self, desk: Desk, account: Account, number: int, text: str, message: int) -> None:
        due = desk.answer(number, text, once=f"telegram:{self.chat}:{message}")
        if not due:  # it was killed between the answer and the row below
            rows = [row for row in self.store.trail(number) if row.kind == "staff.answer" and row.detail.get("by") == account.name]
            due = int(rows[-1].detail["due"]) if rows else 0
        self.store.write(lambda db: group_answers.answered(db, self.chat, message, number, due))
        self.out(Back(hurry=True))

    def _commanded(self, message: Mapping[str, Any], who: int, text: str) -> None:
        name, rest = command(text)
        if name not in COMMANDS:
            return self._say("unknown", message, self.accounts.of_telegram(who))
        account = self._allowed(message, who, name)
        if account is None:
            return None
        lang = account.lang
        if name == "help":
            return self._say("help", message, account)
        if name == "duty":
            on = "、".join(one.shown or one.name for one in self.duty.on_duty())
            return self._say("duty" if on else "duty.nobody", message, account, names=on)
        if name == "queue":
            return self._tell(self._queue(lang), message)
        once = f"telegram:{self.chat}:{whole(message, 'message_id')}"
        if name == "cast":
            return self._tell(self._casts.do(account, rest, once), message) if self._casts else self._say("unknown", message, account)
        number, rest = self._named(message, rest)
        if not number:
            return self._say("which case", message, account)
        if name == "case":
            case = self.store.case(number)
            found = text_of(case, self.clock.now(), lang, self.names) + self._link(number) if case else say("queue.empty", lang)
            return self._tell(found, message)
        if name == "take":
            return self._act(message, account, lambda desk: desk.take(number, once=once))
        if name == "note":
            return self._act(message, account, lambda desk: desk.note(number, rest, once=once))
        outcome = next((one for one in get_args(Outcome) if rest in {one, say(f"button.{one}", "zh")}), None)
        if outcome is None:
            return self._say("outcomes", message, account, names=", ".join(get_args(Outcome)))
        return self._act(message, account, lambda desk: desk.close(number, outcome, once=once))

    def _press(self, query: Mapping[str, Any]) -> None:
        who, press = whole(part(query, "from"), "id"), str(query.get("id", ""))
        account = self.accounts.of_telegram(who)
        lang = account.lang if account else "zh"
        pressed = self.seal.read(self.chat, str(query.get("data", "")))
        if pressed is None:
            self._refuse(who, "telegram.button", "forged")
            self.out(Back(say("forged", lang), query=press))
            return
        if account is None or not account.may(RIGHTS[pressed.do]):
            self._refuse(who, "telegram.button", pressed.do)
            self.out(Back(say("no right" if account else "stranger", lang), query=press))
            return
        desk = self._desk(account)
        try:
            self.out(self._pressed(desk, pressed, press, lang))
        except Refused as error:
            self.out(Back(why(error, pressed.number, lang)[:200], query=press))

    def _pressed(self, desk: Desk, pressed: Pressed, press: str, lang: str) -> Back:
        number, seen = pressed.number, pressed.version
        done = Back(say("done", lang), query=press)
        if pressed.do == "take":
            desk.take(number, seen=seen, once=press)
            return done
        if pressed.do in get_args(Outcome):
            outcome: Outcome = next(one for one in get_args(Outcome) if one == pressed.do)
            desk.close(number, outcome, seen=seen, once=press)
            self.out(Back(hurry=True))
            return done
        if pressed.do == "raise":
            case = self.store.case(number)
            level: Priority = {"P3": "P2", "P2": "P1"}.get(case.priority if case else "", "P0")  # type: ignore[assignment]
            desk.set_priority(number, level, say("button.raise", "zh"), seen=seen, once=press)
            return done
        if rows := [row for row in self.store.trail(number) if row.seq > seen]:
            raise Changed(number, tuple(rows))
        if pressed.do == "release":
            desk.release(number, once=press)
            return done
        if pressed.do == "answer":
            return Back(say("how to answer", lang), query=press)
        return Back("", query=press, outcomes=number if pressed.do == "solve" else -number)

    def _act(self, message: Mapping[str, Any], account: Account, act: Callable[[Desk], object], *, quiet: bool = False) -> None:
        try:
            act(self._desk(account))
        except Refused as error:
            self._tell(why(error, self._case_of(message), account.lang), message)
            return
        if not quiet:
            self.out(Back(hurry=True))
            self._say("done", message, account)

    def _desk(self, account: Account) -> Desk:
        return Desk(self.store, self.clock, account.name, targets=self._targets)

    def _allowed(self, message: Mapping[str, Any], who: int, do: str) -> Account | None:
        account = self.accounts.of_telegram(who) if who else None
        if account is not None and (do == "help" or account.may(RIGHTS[do])):
            return account
        self._refuse(who, "telegram.command", do)
        self._say("no right" if account else "stranger", message, account)
        return None

    def _refuse(self, who: int, kind: str, detail: str) -> None:
        self.accounts.refused(f"telegram:{who}", kind, detail)

    def _named(self, message: Mapping[str, Any], rest: str) -> tuple[int, str]:
        """The case that a command is about, and what stands behind its number: a topic's own goes first."""
        first, _, more = rest.partition(" ")
        own = self._case_of(message)
        if first.isascii() and first.isdigit() and len(first) < 12 and (not own or not more.strip()) and not (own and not first):
            return int(first), more.strip()
        return own, rest

    def _case_of(self, message: Mapping[str, Any]) -> int:
        thread = whole(message, "message_thread_id") if message.get("is_topic_message") else 0
        replied = whole(part(message, "reply_to_message"), "message_id")
        return self.store.read(lambda db: group.case_at(db, self.chat, thread, replied))

    def _queue(self, lang: str) -> str:
        rows = []
        for case in self.store.queue(QUEUE):
            holder = case.held_by(self.clock.now())
            state = say("card.held", lang, who=holder) if holder else say("card.free", lang)
            means = say(f"priority.{case.priority}", lang)
            line = say("queue.line", lang, number=case.number, priority=case.priority, means=means, state=state)
            rows.append(line + self._link(case.number))
        return "\n".join(rows) or say("queue.empty", lang)

    def _link(self, number: int) -> str:
        """Where a case's card is; only bigger groups have addresses for their messages."""
        thread, message = self.store.read(lambda db: group.place_of(db, number))
        chat = str(self.chat)
        return f"\nhttps://t.me/c/{chat[4:]}/{thread or message}" if chat.startswith("-100") and (thread or message) else ""

    def _say(self, key: str, message: Mapping[str, Any], account: Account | None, **values: object) -> None:
        self._tell(say(key, account.lang if account else "zh", **values), message)

    def _tell(self, text: str, message: Mapping[str, Any]) -> None:
        thread = whole(message, "message_thread_id") if message.get("is_topic_message") else 0
        self.out(Back(text, thread, whole(message, "message_id")))
