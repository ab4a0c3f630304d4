"""Pages of documents: a text is checked, published where nothing is wrong with it, and repealed."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.document import Sort
from projections import documents
from tests.interfaces.conftest import Service
from tests.web.test_administration import LEDGER, Visitor, access, administered, auditor, li, office

__all__ = ["access", "administered", "auditor", "li", "office"]

PACKS = Path(__file__).parents[2] / "packs"
LIST = (PACKS / "haiyan" / "ten-ones.yaml").read_text("utf-8")
POLICY = (PACKS / "rehearsal" / "policy.yaml").read_text("utf-8")


def published(administered: Service, sort: Sort, code: str) -> list[str]:
    """The versions of a document that were published."""
    desk = administered.installation.desk(LEDGER)
    with desk.store.reading() as connection:
        line = documents.document(connection, LEDGER, sort, code, day=desk.today())
    return [] if line is None else [each.version for each in line.document.versions]


def test_a_text_is_checked_and_nothing_is_published_by_it(
    office: Visitor, administered: Service
) -> None:
    before = published(administered, Sort.POLICY, "rehearsal")
    answer = office.post("/admin/documents/new", do="check", text=POLICY)
    assert answer.status_code == 200, answer.text
    assert "检查通过" in answer.text and "双重管理规则(演练县)" in answer.text
    assert published(administered, Sort.POLICY, "rehearsal") == before


def test_a_text_is_published_once_and_repealed(office: Visitor, administered: Service) -> None:
    sent = {"do": "publish", "text": LIST, "since": "2025-01-01"}
    for _ in range(2):
        answer = office.post("/admin/documents/new", id="one-form-of-a-text", **sent)
        assert answer.status_code == 303, answer.text
    code = LIST.partition("checklist: ")[2].partition("\n")[0].strip()
    assert len(published(administered, Sort.CHECKLIST, code)) == 1
    assert f"/documents/checklist/{code}" in office.page("/admin/documents?done=published")
    assert office.page(f"/documents/checklist/{code}")

    at = f"/admin/documents/checklist/{code}/repeal"
    office.page(at)
    answer = office.post(at, until="2025-06-30")
    assert answer.status_code == 422 and 'id="f-reason-wrong"' in answer.text
    answer = office.post(at, until="2025-06-30", reason="另行制定")
    assert answer.status_code == 303, answer.text
    assert "当前未施行" in office.page("/admin/documents")


def test_a_file_is_taken_in_place_of_a_text(office: Visitor, administered: Service) -> None:
    answer = office.client.post(
        f"/ledgers/{LEDGER}/admin/documents/new",
        data={"form": office.form, "id": "a-file-of-a-policy", "do": "publish"},
        files={"file": ("policy.yaml", POLICY.encode(), "application/yaml")},
        headers={"Origin": "http://testserver"},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    assert published(administered, Sort.POLICY, "rehearsal") == ["1"]


def test_what_is_wrong_with_a_text_is_named_by_line_and_the_text_is_kept(office: Visitor) -> None:
    wrong = POLICY.replace("登记即计", "随便算", 1)
    answer = office.post("/admin/documents/new", do="publish", text=wrong)
    assert answer.status_code == 422
    assert "by_class" in answer.text and "行" in answer.text and "随便算" in answer.text
    assert office.post("/admin/documents/new", do="publish", text="a: [").status_code == 422


def test_worked_cases_that_come_out_otherwise_keep_it_from_being_published(
    office: Visitor, administered: Service
) -> None:
    sample = (PACKS / "haiyan" / "ten-plus-one-sample.yaml").read_text("utf-8")
    wrong = sample.replace("done: 3\n", "done: 4\n", 1)
    answer = office.post("/admin/documents/new", do="publish", text=wrong)
    assert "写的是 4,算得 3" in answer.text
    assert answer.status_code == 422, answer.text
    assert published(administered, Sort.CHECKLIST, "ten-plus-one-sample") == []


def test_no_text_is_said_beside_its_field(office: Visitor) -> None:
    answer = office.post("/admin/documents/new", do="publish")
    assert answer.status_code == 422 and 'id="f-text-wrong"' in answer.text


def test_a_unit_on_trial_that_there_is_not_is_said_beside_its_field(office: Visitor) -> None:
    answer = office.post("/admin/documents/new", do="publish", text=LIST, trial_in="没有这家")
    assert answer.status_code in {404, 422} and 'id="f-trial_in-wrong"' in answer.text


@pytest.mark.parametrize("who", ["watcher", "li"])
def test_everybody_sees_documents_and_the_office_alone_publishes(
    administered: Service, who: str
) -> None:
    visitor = Visitor(administered.client, who)
    assert visitor.get("/admin/documents").status_code == 200
    assert visitor.get("/admin/documents/new").status_code == 403
    assert visitor.post("/admin/documents/new", do="publish", text=LIST).status_code == 403
