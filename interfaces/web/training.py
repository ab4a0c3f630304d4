"""Trainings on a page: how many took part, what was filed of proposals before and after, beside those of whoever did not take part."""

from __future__ import annotations

from fastapi import APIRouter, Response

from domain.access import Action
from domain.kinds.meetings import Study
from domain.people import Reason, Refused
from domain.period import Period
from interfaces.api.door import needs
from interfaces.web.asked import Narrowing, next_page
from interfaces.web.deed import collection_of
from interfaces.web.refusing import PageRoute
from interfaces.web.rendering import render
from interfaces.web.visiting import VisitingNow
from projections import training

MOST_SHOWN = 10
ALL = "all"
"""Asks for trainings of every sort."""
WITH, WITHOUT = "with", "without"
BEFORE, AFTER = "before", "after"


def router() -> APIRouter:
    """The pages."""
    made = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/ledgers/{ledger}")

    @made.get("/training", operation_id="page_training", openapi_extra=needs(Action.SEE_RECORD))
    def show(visitor: VisitingNow, study: str = "", year: str = "", cursor: str = "") -> Response:
        """The trainings of a sort in a year, the newest first; of those in writing proposals where no sort is named."""
        narrowing = Narrowing(visitor, study=study, year=year)
        chosen = narrowing.year()
        period = Period.year(chosen)
        sort = Study.PROPOSAL_WRITING
        if study != ALL:
            asked = narrowing.read(
                "study", lambda said: narrowing.filters.choice(said, Study, "study")
            )
            sort = asked or sort
        with visitor.asking.look() as look:
            page = training.trainings(
                look.connection,
                look.ledger,
                today=visitor.asking.today,
                first=period.first,
                last=period.last,
                study=None if study == ALL else sort,
                after=visitor.asking.after(cursor or None),
                limit=MOST_SHOWN,
            )
        return render(
            visitor,
            "training.html",
            status=narrowing.status,
            narrowing=narrowing,
            year=chosen,
            study=study or sort.value,
            sorts=list(Study),
            all=ALL,
            kind=training.STUDIED,
            page=page,
            least=training.SMALL,
            days=training.YEAR,
            where=collection_of,
            next=next_page(visitor, page.after),
        )

    @made.get(
        "/training/{id}",
        operation_id="page_training_proposals",
        openapi_extra=needs(Action.SEE_RECORD),
    )
    def behind(
        visitor: VisitingNow,
        id: str,
        group: str = "",
        when: str = "",
        filed: str = "",
        cursor: str = "",
    ) -> Response:
        """The proposals behind a figure of a training."""
        narrowing = Narrowing(visitor, group=group, when=when)

        def one_of(name: str, known: tuple[str, str], usual: str) -> str:
            one = narrowing.read(name, lambda said: narrowing.filters.one_of(said, known, name))
            return one or usual

        whose = one_of("group", (WITH, WITHOUT), WITH)
        time = one_of("when", (BEFORE, AFTER), AFTER)
        with visitor.asking.look() as look:
            told = (look.connection, look.ledger, f"occasion/{id}")
            found = training.training(*told)
            if found is None:
                raise Refused(Reason.NO_SUCH_DEED, "id", id[:40])
            page = training.proposals(
                *told,
                trained=whose == WITH,
                before=time == BEFORE,
                filed=True if filed == "1" else None,
                after=visitor.asking.after(cursor or None),
                limit=30,
            )
        return render(
            visitor,
            "training_of.html",
            status=narrowing.status,
            narrowing=narrowing,
            on=found[0],
            title=found[1],
            id=id,
            trained=whose == WITH,
            before=time == BEFORE,
            filed=filed == "1",
            page=page,
            next=next_page(visitor, page.after),
        )

    return made
