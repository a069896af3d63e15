"""A fitted matcher in a fresh process, one message after another, on one thread: what it takes in time and memory.

python serving.py SYSTEM FITTED WARM   texts as a JSON list on standard input, figures on standard output
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import matchers
import numpy as np
import vectors


def serve(system: str, path: Path, warm: int) -> None:
    """Read a fitted matcher and texts (JSON, standard input), classify them one by one, print what it took."""
    model = matchers.MODEL_OF.get(system)
    encode = vectors.encoder(model, path.parent) if model else None
    texts = json.loads(sys.stdin.buffer.read())
    classify = matchers.load("hotline" if system == "ngrams" else system, path, encode)
    labels, took = [], []
    for text in texts:
        start = time.perf_counter()
        label, _ = classify(text)
        took.append((time.perf_counter() - start) * 1000)
        labels.append(label)
    p50, p99 = np.percentile(took[warm:], [50, 99])
    print(json.dumps({"p50": p50, "p99": p99, "memory": peak(), "labels": labels}))


def peak() -> float:
    """The most memory this process has held, in MB (Linux; elsewhere by getrusage)."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
