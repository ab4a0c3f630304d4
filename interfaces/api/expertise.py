"""What was asked of the think tank's experts, of each alone where his file is open to whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

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
    seen = asked.files_shown(look, {each.person for each in rows})
    return experts.asked_of(look.connection, look.ledger, seen, first=first, last=last)
