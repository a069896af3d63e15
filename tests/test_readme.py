"""The READMEs show what the program says."""

from intents.engine import Engine
from tests.readme import BLOCK, FILES, stale


def test_exchanges_are_generated(real_engine: Engine) -> None:
    assert all(len(BLOCK.findall(path.read_text(encoding="utf-8"))) >= 5 for path in FILES)
    assert stale(real_engine) == []
