"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from interfaces.web import (
    assets,
    deed,
    home,
    importing,
    lists,
    member,
    queries,
    queue,
    recording,
    signing,
)


def router() -> APIRouter:
    """The routes of all pages, and of what pages carry along."""
    made = APIRouter()
    for each in (
        assets,
        signing,
        home,
        recording,
        deed,
        queue,
        queries,
        member,
        lists,
        importing,
    ):
        made.include_router(each.router())
    return made
