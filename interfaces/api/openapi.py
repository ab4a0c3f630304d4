"""The description of the API, made from the acts and the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from domain.access import Action
from domain.document import Sort
from domain.speaking import ACTING_FOR
from interfaces import bodies
from interfaces.access.cookies import Cookie, name_of
from interfaces.api import account, batches, codes, drafts, files, seals
from interfaces.api.door import NEEDS, Receipt
from interfaces.api.problems import MEDIA_TYPE, Problem
from interfaces.api.writes import ACTS, LEDGER, Act, BatchVerdicts

Schema = dict[str, Any]
_REF = "#/components/schemas/{model}"
_PROBLEM_STATUSES = ("400", "401", "403", "404", "422", "503")

DESCRIPTION = """履职台账接口:每次写入是一条命令,须带 `Idempotency-Key`(导入及其撤销由文件内容自行确定;试算办法草案不写入,见证签名、佐证文件重复交回无妨,均不须带);读到自己的写入用 `?after=` 加返回的 `Lvzhi-Position`。
错误一律为 `application/problem+json`,`reason` 取自封闭列表。

The duty ledger: every write is a command and carries an `Idempotency-Key`, but for imports and their undoing, whose ids follow from what the
file holds, for trying a draft, which writes nothing, and for a witness's signatures and files of evidence, which may come twice; to read your own write, pass the `Lvzhi-Position` of the answer as `?after=`. Errors are always `application/problem+json` with a `reason` of a closed list."""

_COMMAND_ID: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "命令编号,每次操作一个(UUIDv7 为宜);重试用同一编号 / one for each act; a retry repeats it",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "所见版本(ETag) / the version that was seen",
    "schema": {"type": "string", "examples": ['"3"']},
}
_ACTING_FOR: Schema = {
    "name": ACTING_FOR,
    "in": "header",
    "required": False,
    "description": "代委员登记:该委员的编号。限政协机关,以及该委员现在所属单位的记录员、负责人 / the member in whose name it is typed in: by the office, or by a clerk or head of a unit that he is bound to today",
    "schema": {"type": "string"},
}
_DIFFERS: Schema = {
    "name": "differs",
    "in": "query",
    "required": False,
    "description": "已核对,与疑似重复的记录不同 / the recorder has looked at a likely duplicate",
    "schema": {"type": "boolean", "default": False},
}
_TOKEN_FORM: Schema = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "scope": {"type": "string"},
    },
    "additionalProperties": False,
}
_BY_SESSION: Schema = {Action.SIGN_IN.value: [], Action.OWN_ACCOUNT.value: [{"session": []}]}
_RECEIPT_HEADERS: Schema = {
    "Lvzhi-Position": {
        "description": "读取时作为 after 参数 / pass it as `after` to read this write",
        "schema": {"type": "integer"},
    },
    "ETag": {"description": "版本 / version of the stream", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "重复提交,返回首次结果 / the answer of an earlier request",
        "schema": {"type": "string", "enum": ["true"]},
    },
}


def describe(app: FastAPI) -> Schema:
    """The OpenAPI 3.1 document of the application."""
    if app.openapi_schema:
        return app.openapi_schema
    made: Schema = get_openapi(
        title=app.title,
        version=app.version,
        description=DESCRIPTION,
        routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _add_acts(made["paths"], schemas)
    for path, operations in made["paths"].items():
        for operation in operations.values():
            _add_path_parameters(path, operation)
            of_account = account.TAG in operation.get("tags", ())
            secured = path.startswith("/api/") and ("{ledger}" in path or of_account)
            _add_problems(operation, secured=secured)
            for status in ("409", "413", "429", "502") if of_account else ():
                _add_problem(operation, status)
            if operation["operationId"] == files.OPERATION:
                _add_problem(operation, "429")
            if of_account:
                operation["security"] = _BY_SESSION[operation[NEEDS]]
            if "seal" in operation.get("tags", ()):
                _add_problem(operation, "409")
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": name_of(Cookie.SESSION, https=True)},
    }
    made["security"] = [{"token": []}, {"session": []}]
    app.openapi_schema = made
    return made


def _add_acts(paths: Schema, schemas: Schema) -> None:
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (act.operation, "validation", TypeAdapter(act.schema())) for act in ACTS
    ]
    adapters.append(("submit_commands", "validation", bodies.tagged_adapter()))
    adapters.append((drafts.OPERATION, "validation", drafts.draft_adapter()))
    adapters.append((batches.OPERATION, "validation", batches.why_adapter()))
    adapters.append((codes.OPERATION, "validation", codes.code_adapter()))
    adapters += [
        (operation, "validation", account.body_adapter(operation)) for operation in account.BODIES
    ]
    wanted, defined = TypeAdapter.json_schemas(adapters, ref_template=_REF)
    found = {name: schema for (name, _), schema in wanted.items()}
    text = json.dumps([found, defined.get("$defs", {})])
    # Pydantic names a generic after all that it is filled with.
    for long in sorted(set(re.findall(r"[A-Z][a-z]+_Annotated_[A-Za-z_]+", text)), key=len)[::-1]:
        text = text.replace(long, f"{long.partition('_')[0]}Body")
    _, definitions = json.loads(text)
    # What is sent and what is answered may go by one name and differ in what is required.
    differing = {
        name for name in definitions if definitions[name] != schemas.get(name, definitions[name])
    }
    for name in differing:
        ref = _REF.replace("{model}", name)
        text = text.replace(f'"{ref}"', f'"{ref}Input"')
    found, definitions = json.loads(text)
    for each in _within([found, definitions]):
        if "properties" in each:
            each["additionalProperties"] = False
        if each.get("type") == "array":
            each.setdefault("maxItems", bodies.MOST_LISTED)
    schemas.update(
        {f"{name}Input" if name in differing else name: each for name, each in definitions.items()}
    )
    answers, more = msgspec.json.schema_components(
        [Receipt, BatchVerdicts, Problem], ref_template="#/components/schemas/{name}"
    )
    schemas.update(more)
    for act in ACTS:
        operation = paths[f"{LEDGER}{act.path}"][act.method.lower()]
        operation["parameters"] = [_COMMAND_ID, _ACTING_FOR, *_parameters(act)]
        _take(operation, found[act.operation], required=True)
        _give(operation, "201" if act.creates else "200", answers[0])
    lines = paths[f"{LEDGER}/seal/cosignatures"]["post"]
    lines["requestBody"] = {
        "required": True,
        "content": {seals.TEXT: {"schema": {"type": "string", "maxLength": seals.LARGEST_LINES}}},
    }
    undoing = paths[f"{LEDGER}/imports/{{batch}}/undoing"]["post"]
    _take(undoing, found[batches.OPERATION], required=True)
    _take(paths[f"{LEDGER}/whatif"]["post"], found[drafts.OPERATION], required=True)
    minting = paths[f"{LEDGER}/meetings/{{id}}/new-codes"]["post"]
    minting["parameters"] = [_COMMAND_ID, _ACTING_FOR]
    _take(minting, found[codes.OPERATION], required=True)
    for operations in paths.values():
        for operation in operations.values():
            if operation["operationId"] in account.BODIES:
                _take(operation, found[operation["operationId"]], required=True)
    paths["/api/v1/tokens"]["post"]["requestBody"] = {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": _TOKEN_FORM}},
    }
    batch = paths[f"{LEDGER}/commands"]["post"]
    batch["parameters"] = [_COMMAND_ID, _ACTING_FOR]
    one = found["submit_commands"]
    _take(batch, {"type": "array", "maxItems": bodies.MOST_COMMANDS, "items": one}, required=True)
    _give(batch, "200", answers[1])


def _within(value: Any) -> Iterator[Schema]:
    """Every object of a document, outermost first."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _within(each)


def _parameters(act: Act) -> Iterator[Schema]:
    if act.versioned:
        yield _IF_MATCH
    if act.parameters:
        yield _DIFFERS


def _take(operation: Schema, schema: Schema, *, required: bool) -> None:
    operation["requestBody"] = {
        "required": required,
        "content": {"application/json": {"schema": schema}},
    }


def _give(operation: Schema, status: str, schema: Schema) -> None:
    operation["responses"] = {
        status: {
            "description": "已办 / done",
            "headers": _RECEIPT_HEADERS,
            "content": {"application/json": {"schema": schema}},
        }
    }


def _add_path_parameters(path: str, operation: Schema) -> None:
    parameters = operation.setdefault("parameters", [])
    known = {each["name"] for each in parameters if each["in"] == "path"}
    for name in re.findall(r"\{(\w+)\}", path):
        if name not in known:
            schema: Schema = {"type": "string"}
            if name == "sort":
                schema["enum"] = [sort.value for sort in Sort]
            parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    if not parameters:
        del operation["parameters"]


def _add_problems(operation: Schema, *, secured: bool) -> None:
    """Errors are problems, and nothing else."""
    responses = operation["responses"]
    for status in [status for status in responses if status[0] not in "23"]:
        del responses[status]
    statuses = list(_PROBLEM_STATUSES if secured else ("400", "404", "422", "503"))
    if "requestBody" in operation:
        statuses += ["409", "412", "413", "428"]
    elif not responses:
        responses["200"] = {"description": "OK"}
    if not secured:
        operation["security"] = []
    for status in sorted(statuses):
        _add_problem(operation, status)


def _add_problem(operation: Schema, status: str) -> None:
    operation["responses"][status] = {
        "description": "问题 / problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
