"""The command line of the database's owner: what the service, which owns nothing, needs there."""

from __future__ import annotations

import argparse

from psycopg.errors import UndefinedObject

from application import postgres_log
from domain.people import Reason, Refused
from interfaces.access.store import make_in_database
from interfaces.settings import DATABASE
from interfaces.wiring import Installation
from projections.store import Scrubbed, clean_tables, create_tables


def prepare(installation: Installation, options: argparse.Namespace) -> None:
    """Make whatever tables are missing, and let a role read and write what the service does, and no more."""
    url, role = _url(installation), options.service_role
    try:
        for code in installation.ledgers():
            postgres_log.create_ledger(url, code, role)
        create_tables(url, role)
        make_in_database(url, role)
    except UndefinedObject as error:
        raise Refused(Reason.MALFORMED, "--for", role) from error
    print(f"{len(installation.ledgers())} 个台账已备好 / ledgers are prepared")


def clean(installation: Installation, _: argparse.Namespace) -> None:
    """Have the database overwrite or use again what rows were before somebody was erased."""
    match clean_tables(_url(installation)):
        case Scrubbed.LATER:
            raise Refused(Reason.BUSY)
        case Scrubbed.BY_OWNER:
            raise Refused(Reason.NOT_ALLOWED, DATABASE, "VACUUM")
        case Scrubbed.ALL:
            pass
    print("已清理 / cleaned")


def _url(installation: Installation) -> str:
    if installation.settings.database is None:
        raise Refused(Reason.MISSING, DATABASE)
    return installation.settings.database
