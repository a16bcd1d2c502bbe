"""What a retrieval run says of its data."""

from mtl_rec.retrieval.data_card import about_data
from mtl_rec.retrieval.preparing import prepare_retrieval

PARTS = ("train", "validation", "test")


def fingerprints(prepared):
    about = about_data(prepared.interactions)
    return {name: own["fingerprint"] for name, own in about.items()}


def test_counts_are_those_of_the_data(prepared):
    data = prepared.interactions

    about = about_data(data)

    counts = {
        name: {n: count for n, count in own.items() if n != "fingerprint"}
        for name, own in about.items()
    }
    assert counts == {
        "train": {"events": len(data.train)},
        "validation": {
            "events": len(data.validation),
            "users": len(data.queries["validation"]),
        },
        "test": {"users": len(data.queries["test"])},
        "catalogue": {"items": len(data.catalogue)},
    }


def test_fingerprints_tell_who_did_what_and_nothing_else(
    table, prepared, prepare, run_config, tmp_path
):
    def read(rows):
        rows.to_parquet(tmp_path / "rows.parquet")
        config = run_config(f"data.source.path={tmp_path}/rows.parquet")
        return fingerprints(prepare_retrieval(config))

    data = prepared.interactions
    own = fingerprints(prepared)

    assert own.keys() == {*PARTS, "catalogue"}
    assert len(set(own.values())) == 4
    weights = "retrieval.event_weights={click: 1, purchase: 5}"
    assert fingerprints(prepare("popularity", weights)) == own
    assert read(table.assign(age=table.age + 1, hour=0.0)) == own
    user = data.user_ids[data.queries["test"].users[0]]
    is_theirs = (table.user_id == user) & (table.time >= 0.8 * len(table))
    idle, other = table.copy(), table.copy()
    idle.loc[is_theirs, ["click", "purchase"]] = 0
    other.loc[is_theirs, "item_id"] = "new"
    for changed, parts in ((idle, {"test"}), (other, {"test", "catalogue"})):
        found = read(changed)
        assert {part for part in own if found[part] != own[part]} == parts
