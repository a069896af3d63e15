"""The encoder's way with the machine."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from intents.embed import DIMENSIONS, Encoder


def test_the_encoder_leaves_the_other_cores_to_other_processes() -> None:
    with threadpool_limits(2, user_api="blas"):
        Encoder().load()
        pools = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert pools and set(pools) == {1}


def test_vectors_have_length_one() -> None:
    vectors = Encoder()(["我妈要透析", "fever clinic"])
    assert vectors.shape == (2, DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
