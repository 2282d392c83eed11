"""Every example of the page about the programme can be imported as it stands, and the one that is reckoned through comes out so."""

from datetime import UTC, datetime

import pytest

from rewards.earning.granting import adjust
from rewards.kit.errors import Invalid
from rewards.people.joining import add_user
from rewards.programme.changing import change_programme
from rewards.programme.document import ProgrammeDocument
from rewards.programme.reading import read_programme
from tests.docs.pages import fences, text_of
from tests.programmes import did, play

EXAMPLES = [
    *((fence.line, "docs/programme.md", fence.text) for fence in fences(text_of("docs/programme.md"), "yaml")),
    *((fence.line, "docs/extending.md", fence.text) for fence in fences(text_of("docs/extending.md"), "yaml")),
]
SATURDAY = datetime(2026, 6, 6, 9, tzinfo=UTC)


def read(text: str) -> ProgrammeDocument:
    return read_programme(text.encode(), name="example.yaml")


def test_every_example_is_imported_as_it_stands(desk):
    with desk.write():
        for line, page, text in EXAMPLES:
            change = change_programme(document=read(text), actor_id=None, note=f"{page}, line {line}")
            assert change.created or change.changed or change.unchanged, f"{page}, line {line}"
    assert len(EXAMPLES) > 10


def test_every_section_has_an_example():
    written = {section for _, _, text in EXAMPLES for section in read(text).model_fields_set}
    assert written == set(ProgrammeDocument.model_fields)


def test_an_example_that_cannot_be_imported_is_noticed(desk):
    with pytest.raises(Invalid):
        read("rules:\n  - {key: wrong, pattern: {}, outcome: {type: pay}}\n")


def test_the_reckoned_example_comes_out_as_it_is_told(desk):
    page = text_of("docs/programme.md").split("### An example")[1]
    with desk.write():
        change_programme(document=read(fences(page, "yaml")[0].text), actor_id=None, note="the example")
        ada = add_user(email="ada@example.com", name="Ada", role="client", timezone="Europe/Berlin").id
        adjust(user_id=ada, asset="xp", amount=500, reason="Silver", actor_id=None)
    [told] = play(did(ada, at=SATURDAY, metadata={"minutes": 75}))
    assert told["awards"] == {"xp": 50, "points": 66, "money": []}
    assert "**66**" in page
    assert "**50**" in page
