"""What is said of a command that may not be carried out: its reason, and the pointer to what is wrong."""

from __future__ import annotations

import pytest

from domain.people import Actor, Reason, Refused
from domain.streams import Command
from tests.county import Told


def refusal(told: Told, actor: Actor, command: Command) -> tuple[Reason, str]:
    """Why the command is refused and where; nothing has happened by it."""
    before = len(told.entries)
    with pytest.raises(Refused) as refused:
        told.say(actor, command)
    assert len(told.entries) == before
    return refused.value.reason, refused.value.field
