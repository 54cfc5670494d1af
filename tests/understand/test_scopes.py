"""How far a "not" reaches."""

import pytest

from chatrec.understand.scopes import refusals


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("不要太长的爱情片", "太长的"),  # a degree is refused, not what has it
        ("别太血腥的犯罪片", "太血腥的"),
        ("a not too violent thriller", " too violent"),
        ("not very long romance", " very long"),
        ("不要恐怖片和爱情片", "恐怖片和爱情片"),
        ("no horror or romance", " horror or romance"),
        ("no horror. a romance", " horror"),
        ("不要恐怖片，但要爱情片", "恐怖片，"),
    ],
)
def test_what_a_negation_reaches(text: str, refused: str) -> None:
    first = refusals(text)[0]
    assert text[first.cue_end : first.end] == refused
