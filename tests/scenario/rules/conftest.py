"""Three usulan of which two fit."""

import pytest
from small import MILIAR, candidates, usulan


@pytest.fixture
def abc():
    # Pagu 10 miliar: A + B (6 + 4) bring 5 + 4 = 9; A + C bring 8; B + C bring 7. A and B are in Aceh, C in NTT.
    return candidates(
        usulan("A", 6 * MILIAR, 5, kode="11.01", ikm=20),
        usulan("B", 4 * MILIAR, 4, kode="11.02", menu="revitalisasi", ikm=10),
        usulan("C", 4 * MILIAR, 3, kode="53.01", menu="revitalisasi", ikm=30),
    )
