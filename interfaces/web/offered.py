"""Sign-ins that a rehearsal offers on its page; a service of a real ledger has none."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An account of a rehearsal ledger by which anybody may come in, as whom."""

    name: str
    password: str = field(repr=False)
    zh: str
    en: str
    who: str
