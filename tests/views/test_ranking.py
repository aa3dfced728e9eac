"""What the first screen says a ranking is made of, whose word there is for sentra, and what a floor costs."""

from dataclasses import replace

from pages import HOSTILE, Page, at, candidates, country, plan
from small import MILIAR
from whatif_pages import made_up, point_of, scene_of

from planner import views
from planner.base.messages import LANGUAGES, speaking
from planner.base.units import MICRO
from planner.model.build_options import build_options
from planner.views import evidence, tables


def seen(**changes):
    """The hand-made plan of three winners with the tables that it was made from."""
    made = plan(**changes)
    return replace(country(), plan=made, options=build_options(candidates(), made.scenario), source=candidates())


def with_word(scene, **kinds):
    """The same where these kabupaten (kode with _ for the point) are measured or known."""
    told = scene.source.evidence.set_index("kode")
    for kode, kind in kinds.items():
        told.loc[kode.strip("k").replace("_", "."), "measured"] = kind
    return replace(scene, source=replace(scene.source, evidence=told.reset_index()))


def test_the_first_screen_says_in_one_place_what_decides():
    # two weights of 1 are half each; the modelled chance has the menu and the sentra; nobody counted in Aceh or Papua
    text = Page(views.first_screen(seen())).text
    assert (
        "Peringkat: skor (kemiskinan 50 %, daerah tertinggal 50 %) x peluang (faktor menu, peluang ada sentra)" in text
    )
    assert (
        "dibagi menurut desa. Dari yang terpilih di sini: 0 diukur, 0 diketahui ada, 3 perkiraan dari provinsi." in text
    )
    assert "daerah tertinggal: daerah tertinggal menurut Perpres 63/2020: ya atau tidak" in text
    assert "Bobot pilihan skenario, bukan ketentuan." in text


def test_measured_and_known_rows_are_counted_and_marked():
    scene = with_word(seen(), k11_03="measured", k91_15="known")
    assert "1 diukur, 1 diketahui ada, 1 perkiraan dari provinsi" in evidence.ranking(scene)
    told = tables.funded_table(scene).set_index("kode")["hitungan"].to_dict()
    assert told == {"11.03": "diukur", "11.05": "perkiraan", "91.15": "diketahui ada"}
    assert evidence.counted(at(scene, "51")) == ""  # nobody is chosen there


def test_a_ranking_by_another_goal_says_that_goal():
    assert "Peringkat: Sebesar mungkin" in evidence.ranking(seen(goals=[{"maximise": "ikm"}]))


def test_factors_are_named_in_the_order_of_the_weights_in_every_process(monkeypatch):
    monkeypatch.setattr(evidence, "once", lambda scene: frozenset({"ikm", "kemiskinan"}))
    for weights, names in (({"ikm": 1, "kemiskinan": 1}, "IKM terlayani, kemiskinan"),
                           ({"kemiskinan": 1, "ikm": 1}, "kemiskinan, IKM terlayani")):  # fmt: skip
        assert f"skor manfaat: {names}." in evidence.ranking(seen(weights=weights))


def test_a_criterion_that_is_a_factor_already_is_named_unless_it_is_to_count_twice():
    once, twice = (seen(weights={"ikm": 1, "kemiskinan": 1}, count_twice=again) for again in (False, True))
    assert "Sebagai faktor saja, tidak sekali lagi dalam skor manfaat: IKM terlayani." in evidence.ranking(once)
    assert "Sebagai faktor saja" not in evidence.ranking(twice)
    frame = views.sections.parts(at(once, "11.03"))
    assert frame["weight"].tolist()[:2] == ["50,0 % (faktor, tidak dua kali)", "50,0 %"]
    inside = once.options.table.query("usulan_id == '11.03-pembangunan'")["score_benefit"].iat[0]
    assert frame["part"].tolist()[2] == "skor dalam manfaat"
    assert frame["worth"].tolist()[2] == f"{inside / MICRO / 100:.2f}".replace(".", ",")


def test_the_price_of_a_floor_is_the_plan_without_it():
    # 30 points with the floor, 33 without: 10 % more; of three winners the plan without keeps one
    told = evidence.floor_price(scene_of())
    assert "tanpa itu tujuan pertama 10,00 % lebih tinggi, dan 2 usulan terpilih berganti." in told
    assert told in Page(views.rules(scene_of())).text


def test_no_price_is_told_that_was_not_solved():
    scene = scene_of()
    others = [point for point in made_up(scene.plan)["points"] if point["change"]["at"] != 0]
    impossible = point_of("rules[1].min_share", 0.0, 20 * MILIAR, None, 0, "infeasible")
    for points in (others, [*others, impossible]):
        assert evidence.floor_price(replace(scene, whatif=made_up(scene.plan) | {"points": points})) == ""
    assert evidence.floor_price(replace(scene, whatif=None)) == ""


def test_a_price_that_is_not_proven_says_its_gap():
    scene = scene_of()
    content = made_up(scene.plan)
    content["points"][-1]["goals"][0]["gap"] = 0.0123
    assert "sampai 1,23 %" in evidence.floor_price(replace(scene, whatif=content))
    content["points"][-1]["goals"][0]["gap"] = 0.00001  # a gap is never told smaller than it is
    assert "sampai 0,001000 %" in evidence.floor_price(replace(scene, whatif=content))


def test_what_was_really_given_stands_beside_the_packages():
    # 395 miliar for 56 regions in 2023 (antaranews 4039578) is 7.05 miliar each
    for lang, given in zip(LANGUAGES, ("Rp 7,05 miliar", "Rp 7.05 billion"), strict=True):
        with speaking(lang):
            page = Page(evidence.ticket_sizes(candidates())).text
            assert given in page and "56" in page


def test_the_table_of_evidence_adds_up_and_holds_hostile_sources_as_text():
    frame = evidence.table_of(candidates())
    assert len(frame) == 514 and abs(frame["sentra"].sum() - 8889) < 514 * 0.005
    assert set(frame["hitungan"]) == {"perkiraan", "diketahui ada"}
    assert (frame["sentra_rendah"] <= frame["sentra_tinggi"]).all()
    for text in HOSTILE:
        made = candidates().evidence.assign(source=text, measured="measured")
        assert set(evidence.table_of(replace(candidates(), evidence=made))["sumber"]) == {text}
