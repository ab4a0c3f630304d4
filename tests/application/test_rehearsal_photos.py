"""Pictures of the rehearsal county: the same of the same number, of a sort that is kept as it is, and each its own."""

from __future__ import annotations

import hashlib

from application.pictures import MediaType, cleaned
from application.rehearsal.photos import hash_of, photo


def test_a_number_has_one_picture_and_no_other_number_has_it() -> None:
    found = [photo(number) for number in range(200)]
    assert found == [photo(number) for number in range(200)]
    assert len(set(found)) == 200


def test_it_is_kept_as_it_is_under_its_hash() -> None:
    for number in (0, 7, 2**256 - 1):
        clean = cleaned(photo(number))
        assert clean.content == photo(number)
        assert clean.media_type is MediaType.PNG
        assert hash_of(number) == hashlib.sha256(clean.content).hexdigest()
        assert len(clean.content) < 4_000
