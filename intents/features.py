"""What the learned part of the matcher sees of a message: n-grams of characters, sounds and words, and signs.

Kept apart from the fitting library, so that reading a message needs numpy only.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

_TOKEN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9']+|[?？!！☎\U0001f300-\U0001faff]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
MAX_CHARACTERS = 600

Sparse = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]


def grams(plain: str, sounds: str = "") -> list[str]:
    """The n-grams of a text: Chinese characters (1 to 4), their sounds (2 and 3), English words (1 to 3) and their parts."""
    if len(plain) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        plain, sounds = plain[:half] + " " + plain[-half:], sounds[:half] + " " + sounds[-half:]
    found: list[str] = []
    words: list[str] = []
    for match in _TOKEN.finditer(plain):
        run = match.group()
        if "\u4e00" <= run[0] <= "\u9fff":
            found += [run[i : i + n] for n in (1, 2, 3, 4) for i in range(len(run) - n + 1)]
            found.append("^" + run[:2])
            found.append(run[-2:] + "$")
            heard = sounds[match.start() : match.end()]
            found += [heard[i : i + n] for n in (2, 3) for i in range(len(heard) - n + 1)]
        else:
            run = _NUMBER.sub("#", run) if run not in {"120", "110", "12345", "48"} else run
            words.append(run)
            if len(run) > 3 and run.isalpha():
                edged = f"<{run}>"
                found += ["~" + edged[i : i + n] for n in (3, 4, 5) for i in range(len(edged) - n + 1)]
    found += ["w:" + " ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)]
    return found


class Vocabulary:
    """Features by number, with their inverse document frequencies."""

    def __init__(self, names: Sequence[str], idf: npt.NDArray[np.float32]) -> None:
        self.names = names
        self.idf = idf
        self._index = {name: i for i, name in enumerate(names)}

    @classmethod
    def learn(cls, documents: Iterable[Sequence[str]], least: int = 2) -> Vocabulary:
        """The features that occur in at least ``least`` documents."""
        seen: Counter[str] = Counter()
        total = 0
        for document in documents:
            seen.update(set(document))
            total += 1
        names = sorted(name for name, count in seen.items() if count >= least)
        idf = np.array([math.log((1 + total) / (1 + seen[name])) + 1 for name in names], dtype=np.float32)
        return cls(names, idf)

    def __len__(self) -> int:
        return len(self.names)

    def vector(self, document: Sequence[str], signs: Mapping[str, float]) -> Sparse:
        """One message: n-grams by damped frequency and idf, at length one; signs beside them with their own weight."""
        counts = Counter(i for name in document if (i := self._index.get(name)) is not None)
        index = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = np.fromiter((1 + math.log(c) for c in counts.values()), dtype=np.float32, count=len(counts))
        values *= self.idf[index]
        norm = float(np.sqrt(values @ values))
        if norm > 0:
            values /= norm
        extra = [(i, weight) for name, weight in signs.items() if (i := self._index.get(name)) is not None]
        if extra:
            index = np.concatenate([index, np.array([i for i, _ in extra], dtype=np.int64)])
            values = np.concatenate([values, np.array([w for _, w in extra], dtype=np.float32)])
        return index, values
