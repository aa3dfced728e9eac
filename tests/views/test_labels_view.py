"""Who is in other plans nearly as good, as the report's tables, map and sentences show it."""

from dataclasses import replace

from pages import Page

from planner import views
from planner.views.labels import in_words, labels_text, share
from planner.views.maps import tile_map
from planner.views.tables import funded_table, not_funded_table


def labelled(scene):
    """The first winner is in every plan within 1 %, the others are contested; who is out is in none within 0.5 %."""
    first, *others = scene.plan.funded["usulan_id"]
    words = {first: ["every", "every", "some"], **dict.fromkeys(others, ["some"] * 3)}
    words |= {record["usulan_id"]: ["no", "some", "open"] for record in scene.plan["not_funded"]}
    usulan = [{"usulan_id": name, "labels": own} for name, own in sorted(words.items())]
    return replace(scene, labels={"within": [50, 100, 200], "usulan": usulan, "witnesses": [{}]}), first


def test_a_label_is_told_as_far_as_it_goes():
    assert in_words(["every", "every", "some"], [50, 100, 200]) == "pasti sampai 1 %"
    assert in_words(["no", "some", "some"], [50, 100, 200]) == "tidak sampai 0,5 %"
    assert in_words(["some"], [50]) == "diperebutkan" and in_words(["open"], [50]) == "belum dipastikan"
    assert [share(one) for one in (0, 25, 50, 100, 1000)] == ["0 %", "0,25 %", "0,5 %", "1 %", "10 %"]


def test_the_tables_the_map_and_the_sentences_show_it(base):
    scene, first = labelled(base)
    table = funded_table(scene)
    assert "side" not in table and sorted(set(table["in_others"])) == ["diperebutkan", "pasti sampai 1 %"]
    assert set(not_funded_table(scene)["in_others"]) == {"tidak sampai 0,5 %"}
    assert "dalam rencana lain: pasti sampai 1 %" in tile_map(scene)
    said = Page(views.robust(scene)).text
    assert "paling banyak 1 % di bawah rencana ini: 1 ada di setiap rencana (pasti)" in said
    assert "Dalam rencana lain" in views.chosen(scene) and "pasti sampai x %" in views.chosen(scene)
    told = labels_text(scene.plan, scene.labels)
    assert f"{first}" in told and "Sampai 2 %: 0 usulan ada di setiap rencana (pasti)" in told


def test_without_labels_nothing_is_said_of_other_plans(base):
    assert "dalam rencana lain" not in tile_map(base) and "in_others" not in funded_table(base)
