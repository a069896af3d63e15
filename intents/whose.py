"""Where two districts are named, the one that the patient is in: somebody may write for a relative who lives elsewhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

KIN = re.compile(
    r"妈|爸|母亲|父亲|爹|娘|爷|奶|公公|婆婆|姥|外婆|外公|岳父|岳母|丈夫|老公|妻子|老婆|老伴|孩子|儿子|女儿|哥|姐|弟|妹|邻居|朋友|病人|患者"
    r"|\b(?:mother|mum|mom|father|dad|husband|wife|son|daughter|child|brother|sister|grand\w+|neighbou?r|friend|patient)\b"
)
_CLAUSE = re.compile(r"[，,。.；;！!？?\n]|但是?|可是|\b(?:but|and|while)\b")


def patients_district(text: str, names: Mapping[str, str]) -> str:
    """The district of the clause about a relative, where another clause names another; empty where that does not tell them apart.

    ``text`` is in small letters; ``names`` gives the id of each district by its names, also in small letters.
    """
    theirs: set[str] = set()
    others: set[str] = set()
    for clause in _CLAUSE.split(text):
        found = {district for name, district in names.items() if name in clause}
        (theirs if KIN.search(clause) else others).update(found)
    return next(iter(theirs)) if len(theirs) == 1 and others - theirs else ""
