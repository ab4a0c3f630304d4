"""How soon a clerk can record on a slow phone on a slow network, and how many bytes that takes."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import pytest

from tests.browser.conftest import County, Visit

SLOWER = 4
"""How many times slower than this machine a cheap phone computes."""
LONGEST = 1.0
"""Seconds until the form can be used that was opened before on this phone."""
MOST_BYTES = 100 * 1024
WARM_LOADS, MOST_LOADS = 5, 40


@dataclass(frozen=True)
class Network:
    """A network as browsers emulate it: megabits a second down and up, milliseconds of latency."""

    name: str
    down: float
    up: float
    latency: int


NETWORKS = (
    Network("slow 4G", down=1.6, up=0.75, latency=150),
    Network("4G", down=9, up=1.5, latency=60),
)


@dataclass(frozen=True)
class Loaded:
    """Seconds from navigation until the day can be typed, and until the first tap was seen to be handled; bytes that came."""

    usable: float
    tapped: float
    bytes: int


class Phone:
    """A page on a throttled phone."""

    def __init__(self, page: Any, network: Network) -> None:
        self.page = page
        self._bytes = 0
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.on("Network.loadingFinished", self._came)
        bytes_a_second = 1e6 / 8
        self._session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": network.latency,
                "downloadThroughput": network.down * bytes_a_second,
                "uploadThroughput": network.up * bytes_a_second,
            },
        )
        self._session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def _came(self, told: dict[str, Any]) -> None:
        self._bytes += int(told["encodedDataLength"])

    def forget(self) -> None:
        """As a phone that has never been here."""
        self._session.send("Network.clearBrowserCache")

    def load(self, address: str) -> Loaded:
        """Open the form and tap the first name."""
        self.page.goto("about:blank")
        self._bytes = 0
        began = perf_counter()
        self.page.goto(address, wait_until="commit")
        self.page.wait_for_selector("#f-on:enabled")
        usable = perf_counter() - began
        self.page.locator("#chosen > li label").first.tap()
        self.page.wait_for_selector("#chosen > li > input:checked", state="attached")
        tapped = perf_counter() - began
        self.page.wait_for_load_state("networkidle")
        return Loaded(usable, tapped, self._bytes)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda each: each.name)
def test_the_form_of_a_visit_can_be_used_within_a_second(
    county: County, visit: Visit, capsys: pytest.CaptureFixture[str], network: Network
) -> None:
    page = visit("clerk", phone=True)
    phone = Phone(page, network)
    address = county.url("/record/visited_village")
    phone.forget()
    cold = phone.load(address)
    # The quickest says what the page takes, the others what else this machine was doing: a busy one gets more tries, and no try makes a slow page quick.
    best = phone.load(address)
    for turn in range(MOST_LOADS):
        if turn >= WARM_LOADS and best.tapped < LONGEST:
            break
        best = min(best, phone.load(address), key=lambda each: each.tapped)
    with capsys.disabled():
        for name, each in (("cold", cold), ("warm", best)):
            print(
                f"\n{network.name}, {name}: day {each.usable:.2f} s, first tap {each.tapped:.2f} s, "
                f"{each.bytes / 1024:.1f} KB",
                end="",
            )
    assert 0 < cold.bytes < MOST_BYTES
    assert best.bytes < cold.bytes
    assert best.usable < LONGEST
    assert best.tapped < LONGEST
