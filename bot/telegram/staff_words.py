"""What is said to the staff in their group, in both languages: they are no residents, so these are none of the replies of the data."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "priority.P0": ("有生命危险", "life in danger"),
    "priority.P1": ("紧急", "urgent"),
    "priority.P2": ("要人处理", "a person must act"),
    "priority.P3": ("一般", "ordinary"),
    "join": ("、", ", "),
    "card.title": ("求助 {number} · {priority} {means}", "Case {number} · {priority} {means}"),
    "card.free": ("没有人在办", "nobody has it"),
    "card.held": ("{who} 在办", "{who} has it"),
    "card.closed": ("已结束", "closed"),
    "card.since": ("{at} 起等候", "waiting since {at}"),
    "card.place": ("地点：{place}", "Place: {place}"),
    "card.topic": ("事由：{topic}", "Topic: {topic}"),
    "card.hospital": ("拒收：{hospital}", "Turned away at: {hospital}"),
    "card.asked": ("已问到：{asked}", "Told: {asked}"),
    "card.words": ("原话：{words}", "Words: {words}"),
    "card.how": (
        "在本话题写的话（或回复本条）会发给居民。给同事看的用 /note，或回复同事的话。",
        "What is written in this topic (or in reply to this) goes to the resident. For colleagues: /note, or reply to a colleague.",
    ),
    "button.take": ("我来办", "Take"),
    "button.release": ("放回", "Release"),
    "button.answer": ("答复", "Answer"),
    "button.solve": ("结束…", "Solve…"),
    "button.raise": ("升级", "Raise"),
    "button.back": ("返回", "Back"),
    "button.helped": ("已帮到", "Helped"),
    "button.referred": ("已转介", "Referred"),
    "button.no_answer": ("没有回音", "No answer"),
    "button.duplicate": ("重复", "Duplicate"),
    "button.not_ours": ("不归我们", "Not ours"),
    "button.unreachable": ("联系不上", "Unreachable"),
    "line": ("居民（求助 {number}）：\n{words}", "Resident (case {number}):\n{words}"),
    "alarm": ("🔔 求助 {number} 没有人接：{priority} {means}", "🔔 Nobody has taken case {number}: {priority} {means}"),
    "said.sent": ("✓ 已送到", "✓ delivered"),
    "said.dead": ("✗ 没有送到求助 {number}：{why}", "✗ not delivered, case {number}: {why}"),
    "said.uncertain": ("? 不知道求助 {number} 收到没有：{why}", "? nobody knows whether it arrived, case {number}: {why}"),
    "said.gone": ("✗ 没有发出：求助 {number} 的资料已被删除", "✗ not sent: what was kept of case {number} was deleted"),
    "why.forbidden": ("居民屏蔽了机器人", "the resident has blocked the bot"),
    "why.no such chat": ("这个聊天已经没有了", "there is no such chat any more"),
    "why.": ("{why}", "{why}"),
    "stranger": (
        "你的 Telegram 还没有连到账号。请管理员连上后再操作。",
        "Your Telegram is not linked to an account. An admin can link it.",
    ),
    "no right": ("你的角色不能这样做。", "Your role may not do this."),
    "forged": ("这个按钮不是我们的，什么也没做。", "This button is not ours; nothing was done."),
    "changed": ("求助 {number} 已有变化（{told}），什么也没做。", "Case {number} has changed ({told}); nothing was done."),
    "busy": ("{who} 正在办求助 {number}。", "{who} works on case {number}."),
    "refused": ("没有做：{why}", "Not done: {why}"),
    "failed": ("没有做成，请再试一次。", "It did not work; try again."),
    "done": ("好。", "Done."),
    "how to answer": ("请在本话题写，或回复卡片。", "Write in this topic, or reply to the card."),
    "edited": (
        "改过的话不会再发。要更正，请另写一条。",
        "An edited message is not sent again. To correct it, write a new one.",
    ),
    "media": ("只能转发文字，这条没有发给居民。", "Only text can be passed on; this did not go to the resident."),
    "which case": ("请写求助的号码，或在它的话题里写。", "Say which case, by its number or in its topic."),
    "outcomes": ("结果要写成：{names}", "The outcome is one of: {names}"),
    "queue.empty": ("没有等候的求助。", "Nothing waits."),
    "queue.line": ("{number} {priority} {means} · {state}", "{number} {priority} {means} · {state}"),
    "duty": ("值班：{names}", "On duty: {names}"),
    "duty.nobody": ("现在没有人值班。", "Nobody is on duty now."),
    "unknown": ("没有这个命令。/help", "There is no such command. /help"),
    "help": (
        "/queue 等候的求助\n/case N 看一件\n/take N 我来办\n/note N 备注（不会发出）\n/solve N 结果\n/duty 谁值班\n在话题里可以不写 N。",
        "/queue what waits\n/case N show one\n/take N take it\n/note N text, never sent\n/solve N outcome\n/duty who is on\nIn a topic, "
        "without N.",
    ),
    "menu.queue": ("等候的求助", "what waits"),
    "menu.case": ("看一件求助", "show a case"),
    "menu.take": ("我来办", "take a case"),
    "menu.note": ("备注，不会发出", "a note, never sent"),
    "menu.solve": ("结束一件求助", "solve a case"),
    "menu.duty": ("谁值班", "who is on duty"),
    "menu.help": ("怎么用", "how to use this"),
}
COMMANDS = ("queue", "case", "take", "note", "solve", "duty", "help")
"""What can be written in the group."""
OPERATORS = frozenset(COMMANDS) - {"case", "help"}
"""Those that are nobody's but the staff's: residents have the other two themselves."""


def say(key: str, lang: str, **values: object) -> str:
    """One sentence with its placeholders filled in. Raises KeyError for an unknown key."""
    text = _WORDS[key][1 if lang == "en" else 0]
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def reason(why: str, lang: str) -> str:
    """Why something did not arrive, in words where there are any."""
    return say(f"why.{why}" if f"why.{why}" in _WORDS else "why.", lang, why=why)
