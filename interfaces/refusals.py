"""How a refusal looks at each door: one table from reason to HTTP status and exit code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from types import MappingProxyType

from domain.people import Reason, Refused


class Exit(IntEnum):
    """What the command line answers with; 0 is success, 2 a wrong call."""

    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_ALLOWED = 4
    CONFLICT = 5
    INVALID = 6
    UNAVAILABLE = 7


_INVALID = (422, Exit.INVALID)
_ABSENT = (404, Exit.NOT_FOUND)
_FORBIDDEN = (403, Exit.NOT_ALLOWED)
_CONFLICT = (409, Exit.CONFLICT)

ANSWERS: Mapping[Reason, tuple[int, Exit]] = MappingProxyType(
    {
        Reason.MALFORMED: _INVALID,
        Reason.MISSING: _INVALID,
        Reason.UNKNOWN_FIELD: _INVALID,
        Reason.UNKNOWN_PARAMETER: (400, Exit.USAGE),
        Reason.GIVEN_TWICE: (400, Exit.USAGE),
        Reason.UNKNOWN_COMMAND: _INVALID,
        Reason.UNKNOWN_KIND: _INVALID,
        Reason.WRONG_TAG: _INVALID,
        Reason.BAD_CHARACTERS: _INVALID,
        Reason.BAD_ENCODING: (400, Exit.INVALID),
        Reason.TOO_LARGE: (413, Exit.INVALID),
        Reason.TOO_MANY: _INVALID,
        Reason.NO_MORE_PLACES: _INVALID,
        Reason.TOO_DEEP: _INVALID,
        Reason.TOO_SLOW: (408, Exit.UNAVAILABLE),
        Reason.HEADERS_TOO_LARGE: (431, Exit.INVALID),
        Reason.UNKNOWN_HOST: (400, Exit.USAGE),
        Reason.COMMAND_ID_MISSING: (400, Exit.USAGE),
        Reason.COMMAND_ID_REUSED: (422, Exit.CONFLICT),
        Reason.NOT_SIGNED_IN: (401, Exit.NOT_ALLOWED),
        Reason.NOT_ALLOWED: _FORBIDDEN,
        Reason.NOT_GRANTED: _FORBIDDEN,
        Reason.SEALED: _FORBIDDEN,
        Reason.STAYS_ON_PAPER: _INVALID,
        Reason.NAME_ONE: (400, Exit.USAGE),
        Reason.NO_SUCH_LEDGER: _ABSENT,
        Reason.NO_SUCH_PERSON: _ABSENT,
        Reason.NO_SUCH_UNIT: _ABSENT,
        Reason.NO_SUCH_DEED: _ABSENT,
        Reason.NO_SUCH_RUBRIC: _ABSENT,
        Reason.NO_SUCH_CHECKLIST: _ABSENT,
        Reason.NO_SUCH_POLICY: _ABSENT,
        Reason.NO_SUCH_RULE: _ABSENT,
        Reason.NO_SUCH_TERMS: _ABSENT,
        Reason.NO_SUCH_CALENDAR: _ABSENT,
        Reason.NO_SUCH_LOOP: _ABSENT,
        Reason.NO_SUCH_FIGURES: _ABSENT,
        Reason.NO_SUCH_FIGURE: _ABSENT,
        Reason.NO_SUCH_MEETING: _ABSENT,
        Reason.NO_SUCH_STAGE: _INVALID,
        Reason.NO_SUCH_SUGGESTION: _INVALID,
        Reason.NO_SUCH_PROBLEM: _INVALID,
        Reason.NO_SUCH_ITEM: _INVALID,
        Reason.NOT_INSPECTED: _INVALID,
        Reason.SAME_PROBLEM: _INVALID,
        Reason.NO_SUCH_POSTING: _ABSENT,
        Reason.NOT_INVITED: _INVALID,
        Reason.NO_SUCH_PROMISE: _INVALID,
        Reason.NO_SUCH_BUDGET_LINE: _INVALID,
        Reason.NO_SUCH_EXPENSE: _INVALID,
        Reason.NO_SUCH_BOOKING: _INVALID,
        Reason.NOT_IN_YEAR: _INVALID,
        Reason.VENUE_TAKEN: _CONFLICT,
        Reason.NO_SUCH_SUPPORT: _ABSENT,
        Reason.NO_SUCH_CAMPAIGN: _ABSENT,
        Reason.UNITS_NOT_COMPARED: _CONFLICT,
        Reason.NOT_IN_A_LOOP: _CONFLICT,
        Reason.LOOP_NOT_OF_KIND: _INVALID,
        Reason.GOES_ROUND_A_LOOP: _CONFLICT,
        Reason.PROBLEMS_LISTED: _CONFLICT,
        Reason.AFTER_NOTIFIED: _CONFLICT,
        Reason.STAGE_SKIPPED: _CONFLICT,
        Reason.NOT_YOURS_TO_MOVE: _FORBIDDEN,
        Reason.NOT_YOURS_TO_INSPECT: _FORBIDDEN,
        Reason.NOT_YOURS_TO_MEND: _FORBIDDEN,
        Reason.TIME_STANDS_STILL: _CONFLICT,
        Reason.TOO_EARLY: _INVALID,
        Reason.NOT_LATER: _INVALID,
        Reason.TOO_LATE_TO_GIVE_BACK: _CONFLICT,
        Reason.NEVER_MEETS: _CONFLICT,
        Reason.MEETING_CLOSED: _CONFLICT,
        Reason.MEETING_TAKEN_BACK: _CONFLICT,
        Reason.MOVE_IT: _INVALID,
        Reason.NOT_EXPECTED: _INVALID,
        Reason.NO_LEAVE_ASKED: _CONFLICT,
        Reason.LEAVE_UNDECIDED: _CONFLICT,
        Reason.CODE_UNKNOWN: _FORBIDDEN,
        Reason.CODE_EXPIRED: _FORBIDDEN,
        Reason.CODE_SPENT: _CONFLICT,
        Reason.NO_SUCH_PAIRING: _ABSENT,
        Reason.NO_SUCH_FINDING: _ABSENT,
        Reason.NO_SUCH_DISPUTE: _ABSENT,
        Reason.NO_SUCH_OUTCOME: _ABSENT,
        Reason.NO_SUCH_ERASURE: _ABSENT,
        Reason.NO_SUCH_GRANT: _ABSENT,
        Reason.NO_SUCH_FILE: _ABSENT,
        Reason.LINKED_ELSEWHERE: _FORBIDDEN,
        Reason.NO_SUCH_PAGE: _ABSENT,
        Reason.NO_SUCH_INTERVAL: _INVALID,
        Reason.NOT_A_MEMBER_THEN: _INVALID,
        Reason.NOT_A_PARTICIPANT: _INVALID,
        Reason.IN_FUTURE: _INVALID,
        Reason.WRONG_ORDER: _INVALID,
        Reason.BEFORE_SUBMISSION: _INVALID,
        Reason.NOT_YET: _INVALID,
        Reason.UNIT_CLOSED: _INVALID,
        Reason.UNIT_NOT_OF_KIND: _INVALID,
        Reason.ALREADY_RECORDED: _CONFLICT,
        Reason.ALREADY_DONE: _CONFLICT,
        Reason.LINKED_TO: _CONFLICT,
        Reason.NOBODY_SHARED: _INVALID,
        Reason.LINK_THE_OTHER: _CONFLICT,
        Reason.LIKELY_DUPLICATE: _CONFLICT,
        Reason.ERASED: _CONFLICT,
        Reason.NEEDS_ANOTHER: _FORBIDDEN,
        Reason.ROLES_APART: _CONFLICT,
        Reason.ROLE_NOT_GRANTED: _INVALID,
        Reason.STILL_WAITING: _CONFLICT,
        Reason.STILL_A_MEMBER: _CONFLICT,
        Reason.NOT_AT_THIS_STEP: _CONFLICT,
        Reason.WITHDRAWN: _CONFLICT,
        Reason.SUPERSEDED: _CONFLICT,
        Reason.CHANGED_MEANWHILE: (412, Exit.CONFLICT),
        Reason.VERSION_MISSING: (428, Exit.USAGE),
        Reason.REASON_MISSING: _INVALID,
        Reason.SAME_TWICE: _INVALID,
        Reason.SAME_RECORD: _INVALID,
        Reason.IN_A_CIRCLE: _INVALID,
        Reason.STAGE_NOT_OF_KIND: _INVALID,
        Reason.SUBJECT_NOT_OF_KIND: _INVALID,
        Reason.NOT_YOURS_TO_RECORD: _FORBIDDEN,
        Reason.NOT_YOURS_TO_SPEAK_FOR: _FORBIDDEN,
        Reason.HANDLED_BY_YOURS: _FORBIDDEN,
        Reason.NOT_YOURS_TO_CONFIRM: _FORBIDDEN,
        Reason.NOT_A_HEAD: _FORBIDDEN,
        Reason.OWN_LINE: _FORBIDDEN,
        Reason.OWN_MATTER: _FORBIDDEN,
        Reason.OWN_RECORDING: _FORBIDDEN,
        Reason.OPEN_DISPUTE: _CONFLICT,
        Reason.RUBRIC_INVALID: _INVALID,
        Reason.CASES_DIFFER: _INVALID,
        Reason.NOT_A_WORKBOOK: _INVALID,
        Reason.UNSAFE_WORKBOOK: _INVALID,
        Reason.NOT_A_PICTURE: _INVALID,
        Reason.TOO_MANY_TODAY: (429, Exit.UNAVAILABLE),
        Reason.NO_SUCH_SHEET: _INVALID,
        Reason.NO_SUCH_ROW: _INVALID,
        Reason.NO_SUCH_BATCH: _ABSENT,
        Reason.ROSTER_STAYS: _CONFLICT,
        Reason.BROKEN_CSV: _INVALID,
        Reason.NO_HEADER: _INVALID,
        Reason.NOT_THE_SAME: _INVALID,
        Reason.RESERVED: _INVALID,
        Reason.AMBIGUOUS_NAME: _INVALID,
        Reason.NOT_POSTGRESQL: (503, Exit.USAGE),
        Reason.DAMAGED: (503, Exit.UNAVAILABLE),
        Reason.KEYS_UNDER_OLDER: _CONFLICT,
        Reason.KEYS_MISSING: (503, Exit.UNAVAILABLE),
        Reason.READ_MODEL_DAMAGED: (503, Exit.UNAVAILABLE),
        Reason.UNSAFE_SETTING: (503, Exit.USAGE),
        Reason.PORT_TAKEN: (503, Exit.CONFLICT),
        Reason.SEALS_DIFFER: (409, Exit.FAILED),
        Reason.NOT_SEALED: (404, Exit.NOT_FOUND),
        Reason.BAD_EVIDENCE: _INVALID,
        Reason.WRONG_SIGN_IN: (401, Exit.NOT_ALLOWED),
        Reason.CODE_NEEDED: (401, Exit.NOT_ALLOWED),
        Reason.WRONG_CODE: (401, Exit.NOT_ALLOWED),
        Reason.TOO_SOON: (429, Exit.UNAVAILABLE),
        Reason.SHOW_AGAIN: _FORBIDDEN,
        Reason.CROSS_SITE: _FORBIDDEN,
        Reason.WEAK_PASSWORD: _INVALID,
        Reason.NAME_TAKEN: _CONFLICT,
        Reason.LINK_SPENT: _FORBIDDEN,
        Reason.NOT_LINKED: _FORBIDDEN,
        Reason.PROVIDER_FAILED: (502, Exit.UNAVAILABLE),
        Reason.NO_SUCH_ACCOUNT: _ABSENT,
        Reason.NO_SUCH_KEY: _ABSENT,
        Reason.NOT_PREPARED: (503, Exit.UNAVAILABLE),
        Reason.NEWER_LAYOUT: (503, Exit.UNAVAILABLE),
        Reason.WRONG_KEY_FILE: (503, Exit.UNAVAILABLE),
        Reason.BUSY: (503, Exit.UNAVAILABLE),
        Reason.UNAVAILABLE: (503, Exit.UNAVAILABLE),
    }
)


def status_of(refused: Refused) -> int:
    """The HTTP status: 404 where the address names what is missing, 422 where a field of the body does."""
    status, _ = ANSWERS[refused.reason]
    return 422 if status == 404 and refused.field.startswith("/") else status


def exit_of(refused: Refused) -> int:
    """The exit code of the command line."""
    return ANSWERS[refused.reason][1]


def sentences(refused: Refused) -> Iterator[str]:
    """The refusal, and those that came with it, as lines for a terminal: Chinese, then English."""
    for each in (refused, *refused.others):
        yield f"{each.zh}"
        yield f"  {each.en}"
