"""All pages."""

from __future__ import annotations

from fastapi import APIRouter

from interfaces.web import (
    assets,
    browsing,
    deed,
    grading,
    heat,
    home,
    lists,
    member,
    queue,
    recording,
    rubrics,
    signing,
    units,
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
        member,
        browsing,
        grading,
        heat,
        rubrics,
        lists,
        units,
    ):
        made.include_router(each.router())
    return made
