"""What was asked of the think tank's experts and what those appointed to write submitted, of each alone where his file is open to whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.people import PersonId
from interfaces.api.asking import Asking, Look
from projections import appointed, experts
from projections.appointed import Output, WriterLine
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


def output_of(
    asked: Asking,
    look: Look,
    rows: Sequence[WriterLine],
    first: date | None,
    last: date | None,
) -> dict[PersonId, Output]:
    """The figures of those writers whose files are open; what is shown of others is noted."""
    seen = asked.files_shown(look, {each.person for each in rows})
    return appointed.output_of(look.connection, look.ledger, seen, first=first, last=last)
