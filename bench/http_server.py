"""The product's API on one worker, with an endpoint beside it that checks and does not store: for `bench.http` only."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from application.handle import Done
from domain.access import Action
from domain.kinds import Shape
from interfaces import bodies
from interfaces.api.door import Door, body_of, command_id_of, json_response, needs, receipt
from interfaces.app import create_app
from interfaces.settings import Settings, tune_process
from interfaces.wiring import Installation


class Paused(Installation):
    """An installation whose read models stay as they are."""

    def keep_reading(self) -> None:
        """Does not."""


def with_bare_endpoint(app: FastAPI, installation: Installation) -> FastAPI:
    """The API and, beside it, what checks the same requests in the same way and answers at once."""
    door = Door(installation, installation.tokens)

    async def checked(request: Request) -> Response:
        desk, _ = await door.enter(request)
        command_id = command_id_of(request)
        bodies.body_of(Shape.OCCASION, bodies.text_of(await body_of(request)))
        done = Done(stream=f"occasion/{command_id}", version=1, position=1, entries=1)
        return receipt(desk.code, done, created=True, whole="body")

    async def read(request: Request) -> Response:
        desk = installation.desk(request.path_params["ledger"])
        return json_response({"position": desk.reader.position})

    app.add_api_route("/read/{ledger}", read, methods=["GET"])
    app.add_api_route(
        "/api/v1/ledgers/{ledger}/checked",
        checked,
        methods=["POST"],
        openapi_extra=needs(Action.RECORD),
    )
    # First of all routes, so that it is found no later than the one that it is compared with.
    app.router.routes.insert(0, app.router.routes.pop())
    return app


def main(told: str) -> None:
    """Serve until ended; the first line of the output is the port."""
    tune_process()
    said = json.loads(told)
    folder = Path(said["folder"])
    settings = Settings(
        data=folder,
        database=said["database"],
        token_key=said["key"].encode(),
        token_key_file=folder / "token.key",
        seals=folder / "seals",
        seal_keys=folder / "seal-keys",
        keys=folder / "keys",
        master_key_file=folder / "master.key",
        erased=folder / "erased",
        readings=folder / "readings",
        access=folder,
        seal_every=said["seal_every"],
    )
    installation = Installation(settings) if said["reading"] else Paused(settings)
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(
        with_bare_endpoint(create_app(installation), installation),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main(sys.argv[1])
