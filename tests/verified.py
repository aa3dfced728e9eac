"""The usulan and rules of a small plan that is saved and verified."""

from small import MILIAR, line, usulan

RULES = [
    {"rule": "SpendBand", "by": "menu", "min_share": 0.3, "of": "spent", "law": "asumsi"},
    {"rule": "MaxPerKabupaten", "max": 1},
    {"rule": "SupportShare", "max_share": 0.05},
]


def rows():
    # A and B fit in 10 miliar with one of A's three units trimmed away; C is out.
    trimmed = [line(5 * MILIAR, komponen="gedung_produksi"), line(10**9, 2, 1, komponen="ipal", name="2")]
    return [
        usulan("A", nilai=5, kode="53.01", ikm=20, lines=trimmed),
        usulan("B", nilai=4, kode="11.01", menu="revitalisasi", lines=[line(4 * MILIAR, komponen="gedung_produksi")]),
        usulan("C", nilai=3, kode="11.01", lines=[line(4 * MILIAR, komponen="gedung_produksi")]),
    ]
