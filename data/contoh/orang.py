"""Invented people: who runs each sentra of the example, and whom DAK Nonfisik trains; made of the other cells."""


def with_bodies(sentra):
    """The sentra with its board, manager, members and UPT; empty, as in life, where nobody has written them down."""
    units, run = int(sentra["jumlah_ikm"]), bool(sentra["pengelola"])
    decree = bool(sentra["pengelola_sk"])
    return sentra | {
        "pengurus_orang": 3 + units % 5 if run else "",
        "pengurus_sk": sentra["pengelola_sk"] if units % 3 else "",
        "pengelola_orang": 1 + units // 10 if run else "",
        "anggota_orang": units if decree else "",
        "uptd_orang": 2 + units % 3 if sentra["uptd"] == "ya" else "",
        "uptd_sk": f"SK UPTD contoh {units}/2024" if sentra["uptd"] == "ya" and units % 2 else "",
    }


def with_training(usulan):
    """The usulan with whom its DAK Nonfisik trains: nobody where it is Rp 0, not known where it is not."""
    money, people = usulan["nonfisik_rp"], usulan["ikm_komitmen"] or 10
    some = money not in ("", 0)
    return usulan | {
        "nonfisik_ta": usulan["ta"] if some else "",
        "peserta_mutu": people if some else money,
        "peserta_kelembagaan": 5 if some else money,
        "peserta_wirausaha": people // 2 if some and people % 4 else 0 if money == 0 else "",
    }
