"""Files beside the data are recognised by their names; tables are not taken for documents."""

from __future__ import annotations

import pytest

from sources.kit.leftovers import is_document


@pytest.mark.parametrize(
    "name",
    ["README.txt", "Readme", "readme_BACI.txt", "read me.html", "LICENSE", "licences.txt",
     "NOTICE", "CHANGELOG.md", "notes.pdf", "abc_Series - Metadata.csv", "Metadata_Country.csv",
     "folder/metadata.xml"],
)  # fmt: skip
def test_a_document_is_found_by_its_name(name: str) -> None:
    assert is_document(name)


@pytest.mark.parametrize(
    "name",
    ["data.csv", "notices.txt", "notice of tariffs.csv", "licensed.csv", "readme.csv",
     "BACI_HS17_Y2022_V202601.txt", "metadatabase.csv", "page.json"],
)  # fmt: skip
def test_a_table_is_no_document(name: str) -> None:
    assert not is_document(name)
