from __future__ import annotations

import numpy as np

from chatrec.testing.hashed_words import HashedWords


async def test_shared_words_make_texts_alike() -> None:
    encoder = HashedWords(128)
    vectors = await encoder.encode(["a walnut desk", "the walnut lamp", "a blue car", "", "walnut desks"])
    assert vectors.shape == (5, 128)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0, 1], rtol=1e-5)
    assert vectors[0] @ vectors[1] > 0.3 > abs(vectors[0] @ vectors[2])
    np.testing.assert_allclose(vectors[0], vectors[4], rtol=1e-5)
    np.testing.assert_array_equal(
        vectors, HashedWords(128).vectors(["a walnut desk", "the walnut lamp", "a blue car", "", "walnut desks"])
    )
