"""Telegram's limits on sending, enforced with 429."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Limits:
    """Messages a second in bulk, a second to a chat, a minute to a group; 0: unlimited."""

    bulk: int = 0
    chat: int = 0
    group: int = 0
    slack: float = 0.1
    """Windows are shorter by this share: what left in time may arrive closer together."""
    refused: int = 0
    _seen: dict[object, deque[float]] = field(default_factory=dict)

    def wait(self, chat: int, now: float) -> int:
        """The seconds after which a message to this chat is allowed; 0 counts it as sent now."""
        windows: list[tuple[object, int, float]] = [("bulk", self.bulk, 1.0), (chat, self.chat, 1.0)]
        if chat < 0:
            windows.append((("group", chat), self.group, 60.0))
        longest = 0.0
        for key, most, seconds in windows:
            seen = self._seen.setdefault(key, deque())
            span = seconds * (1 - self.slack)
            while seen and now - seen[0] >= span:
                seen.popleft()
            if most and len(seen) >= most:
                longest = max(longest, seconds - (now - seen[0]))
        if longest > 0:
            self.refused += 1
            return max(1, math.ceil(longest))
        for key, most, _ in windows:
            if most:
                self._seen[key].append(now)
        return 0
