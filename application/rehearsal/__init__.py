"""A made-up county of 213 members and its year 2025, the same on every run: for trying out, training and tests."""

from __future__ import annotations

from application.rehearsal.county import SEED, Built, build, county
from application.rehearsal.documents import documents

__all__ = ["SEED", "Built", "build", "county", "documents"]
