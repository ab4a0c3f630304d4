"""The application that `serve` runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from domain.kinds import Shape
from interfaces import bodies
from interfaces.api import (
    account,
    batches,
    campaigns,
    codes,
    disputes,
    drafts,
    errors,
    figures,
    files,
    flows,
    grants,
    imports,
    inspections,
    instructions,
    joint,
    loops,
    office,
    openapi,
    organisation,
    personal,
    reads,
    seals,
    stories,
    studios,
    touch,
    works,
    writes,
)
from interfaces.api.door import Door, Gate
from interfaces.api.guard import Guard
from interfaces.sealing import Keeper
from interfaces.web import router as web
from interfaces.web.offered import Offered
from interfaces.web.refusing import page_of_error
from interfaces.wiring import Installation

_log = logging.getLogger("lvzhi.api")
PURGED_EVERY = 3600.0


def create_app(installation: Installation, offered: Sequence[Offered] = ()) -> FastAPI:
    """The API and the pages over the ledgers of an installation, which it closes when it ends; a rehearsal offers sign-ins."""
    every = installation.settings.seal_every
    keeper = None if every is None else Keeper(installation, every)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for shape in Shape:
            bodies.body_adapter(shape)
        await run_in_threadpool(installation.keep_reading)
        purging = asyncio.create_task(_purge(installation))
        if keeper is not None:
            keeper.start()
        try:
            yield
        finally:
            purging.cancel()
            if keeper is not None:
                await run_in_threadpool(keeper.stop)
            await run_in_threadpool(installation.close)

    app = FastAPI(
        title="履职台账 lvzhi",
        version=_version(),
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=list(_routes()),
    )
    errors.install(app)
    door = Door(installation, installation.tokens)
    app.state.door = door
    app.state.stopped = {} if keeper is None else keeper.stopped
    app.state.gate = Gate(imports.MOST_AT_ONCE)
    app.state.coming = Gate(imports.MOST_COMING, imports.MOST_OF_ONE)
    app.state.sent_today = files.SentToday()
    app.state.signing = Gate(account.MOST_AT_ONCE)
    app.state.at_provider = Gate(account.MOST_AT_PROVIDER)
    app.state.trying = Gate(drafts.MOST_AT_ONCE)
    app.state.page_of_error = page_of_error
    app.state.offered = tuple(offered)
    app.openapi = partial(openapi.describe, app)  # type: ignore[method-assign]
    # Around all that Starlette puts in front of the routes: its answer to what went wrong with us comes from there.
    build = app.build_middleware_stack

    def guarded() -> ASGIApp:
        return Guard(build(), installation.settings.hosts)

    app.build_middleware_stack = guarded  # type: ignore[method-assign]
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of the API and of the pages, which are the same whatever they are served over, and take a second to make."""
    parts = (
        writes,
        reads,
        disputes,
        loops,
        touch,
        stories,
        joint,
        campaigns,
        works,
        flows,
        figures,
        studios,
        office,
        organisation,
        inspections,
        instructions,
        codes,
        imports,
        batches,
        files,
        drafts,
        seals,
        personal,
        grants,
        account,
        web,
    )
    return tuple(route for part in parts for route in part.router().routes)


async def _purge(installation: Installation) -> None:
    """Once an hour take away what has ended of sessions, links and notes, and files that no record names."""
    while True:
        await asyncio.sleep(PURGED_EVERY)
        try:
            await run_in_threadpool(installation.purge_access)
        except Exception as error:
            _log.warning("accounts cannot be tidied now", exc_info=error)
        await run_in_threadpool(installation.purge_files)


def _version() -> str:
    try:
        return version("lvzhi")
    except PackageNotFoundError:
        return "0"
