"""What was asked of the think tank's experts, of each alone where his file is open to whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.access import Action
from domain.people import PersonId
from interfaces.api.asking import Asking, Look
from projections import experts
from projections.experts import Asked, ExpertLine


def asked_of(
    asked: Asking,
    look: Look,
    rows: Sequence[ExpertLine],
    first: date | None,
    last: date | None,
) -> dict[PersonId, Asked]:
    """The figures of those experts whose files are open; what is shown of others is noted."""
    people = {each.person for each in rows}
    open_to = asked.may_see_people(look, people, Action.SEE_FILE)
    for person in open_to:
        look.shows(Action.SEE_FILE, f"member/{person}")
    seen = sorted(each for each in people if each in open_to)
    return experts.asked_of(look.connection, look.ledger, seen, first=first, last=last)
