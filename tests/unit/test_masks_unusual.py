"""Planted items in unusual writing: no fewer are found, and no more that is harmless changes."""

from tests.masks import unusual

# What docs/privacy.md says is found in contents.
LEAST = {
    "mobile": 35,
    "landline": 17,
    "id_card": 18,
    "passport_other_id": 27,
    "bank_card": 13,
    "plate": 27,
    "account": 27,
    "email": 12,
    "house": 38,
    "name_after_cue": 24,
    "name_title_staff": 24,
    "harmless": 186,
}


def test_no_kind_is_found_less_often_than_the_page_on_privacy_says():
    items = unusual.planted()
    assert len(items) >= 600
    assert all(secret in text for _, text, secrets in items for secret in secrets)
    kinds = unusual.count(unusual.connect_with_masks(), items)
    for kind, least in LEAST.items():
        assert kinds[kind][2] >= least, (kind, kinds[kind])
