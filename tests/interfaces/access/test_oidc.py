"""Signing in at an identity provider, which here runs on a port of this machine."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from domain.people import Reason, Refused
from interfaces.access import provider as module
from interfaces.access.identities import Identity
from interfaces.access.oidc import LASTS, Begun, OpenId
from interfaces.access.provider import Asking, Provider, is_safe
from interfaces.access.secret import Marks
from interfaces.access.store import Store, in_folder
from tests.interfaces.access.conftest import Clock, at_once
from tests.interfaces.access.test_accounts import refusal

MARKS = Marks(b"s" * 64)
CLIENT, SECRET, BACK = "lvzhi", "canary+secret/ü", "https://lvzhi.example/back"
Key = RSAKey | ECKey | OKPKey
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
NEXT = RSAKey.generate_key(2048, {"kid": "next"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})


@dataclass
class Fake:
    """A provider that says what a test wants it to say."""

    clock: Callable[[], float]
    issuer: str = ""
    algorithm: str = "RS256"
    key: Key = field(default_factory=lambda: RSA)
    published: list[dict[str, Any]] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    forged: Callable[[dict[str, Any]], str] | None = None
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    authorised: str = ""

    def signs_in(self, begun: Begun) -> dict[str, str]:
        """What the browser comes back with after somebody signed in there."""
        asked = dict(parse_qsl(urlsplit(begun.address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """What it answers."""
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        said: dict[str, Any]
        match path:
            case "/.well-known/openid-configuration":
                said = {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "more": [1, 2, 3],
                    **self.metadata,
                }
            case "/keys":
                said = {"keys": self.published or [self.key.as_dict(private=False)]}
            case _:
                self.sent = form
                asked = self.codes.pop(form["code"])
                verified = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest())
                if verified.rstrip(b"=").decode() != asked["code_challenge"]:
                    return 400, {}, b"{}"
                said = {"id_token": self._token(asked), "access_token": "x", "token_type": "Bearer"}
        return 200, {}, json.dumps(said).encode()

    def _token(self, asked: dict[str, str]) -> str:
        now = int(self.clock())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "subject-1",
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.forged is not None:
            return self.forged(claims)
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Where it is noted which ways are gone; no two are the same, whatever test they are of."""
    store = in_folder(tmp_path_factory.mktemp("ways"))
    yield store
    store.close()


@contextmanager
def serving(fake: Fake) -> Iterator[Fake]:
    """A provider on a port of this machine."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            fake.authorised = self.headers.get("Authorization", "")
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, headers, body = fake.answer(self.path, form)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    fake.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fake(clock: Clock) -> Iterator[Fake]:
    """A provider that goes by the clock of the test."""
    with serving(Fake(clock)) as fake:
        yield fake


@pytest.fixture
def asking(fake: Fake, clock: Clock) -> Iterator[Asking]:
    """What asks it."""
    told = Provider(issuer=fake.issuer, client_id=CLIENT, client_secret=SECRET, redirect_uri=BACK)
    asking = Asking(told, clock)
    yield asking
    asking.close()


@pytest.fixture
def way(asking: Asking, ways: Store, clock: Clock) -> OpenId:
    """The way there and back."""
    return OpenId(asking, ways, MARKS, clock)


def why(act: Callable[[], object]) -> str:
    """The word by which it is told what did not hold."""
    with pytest.raises(Refused) as refused:
        act()
    assert refused.value.reason is Reason.PROVIDER_FAILED
    return refused.value.about


def test_somebody_goes_there_and_comes_back(fake: Fake, way: OpenId) -> None:
    begun = way.begin("invitation")
    asked = dict(parse_qsl(urlsplit(begun.address).query))
    returned = way.finish(begun.cookie, {**fake.signs_in(begun), "iss": fake.issuer})

    assert returned.identity == Identity(fake.issuer, "subject-1")
    assert returned.carried == "invitation"
    assert {name: asked[name] for name in ("response_type", "client_id", "redirect_uri", "scope", "code_challenge_method")} == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": BACK,
        "scope": "openid",
        "code_challenge_method": "S256",
    }  # fmt: skip
    assert fake.sent["redirect_uri"] == BACK and "client_secret" not in fake.sent
    assert b64decode(fake.authorised.split()[1]) == b"lvzhi:canary%2Bsecret%2F%C3%BC"
    told = f"{begun!r} {returned!r} {way._asking.provider!r}"
    assert [s for s in (asked["state"], asked["nonce"], begun.cookie, "canary", "invitation") if s in told] == []  # fmt: skip


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(
    ("algorithm", "key"), [("RS256", RSA), ("ES256", EC), ("EdDSA", ED), ("Ed25519", ED)]
)
def test_what_is_signed_in_these_ways_is_believed(
    fake: Fake, way: OpenId, algorithm: str, key: Key
) -> None:
    fake.algorithm, fake.key = algorithm, key
    fake.published = [each.as_dict(private=False) for each in (RSA, NEXT, EC, ED)]
    begun = way.begin()

    assert way.finish(begun.cookie, fake.signs_in(begun)).identity.subject == "subject-1"


def _part(said: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def _unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _by_the_public_key(claims: dict[str, Any]) -> str:
    said = f"{_part({'alg': 'HS256', 'kid': 'rsa'})}.{_part(claims)}"
    signed = hmac.digest(RSA.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{urlsafe_b64encode(signed).rstrip(b'=').decode()}"


def _by_a_stranger(claims: dict[str, Any]) -> str:
    stranger = RSAKey.generate_key(2048, {"kid": "rsa"})
    return jwt.encode({"alg": "RS256", "kid": "rsa"}, claims, stranger)


def _by_a_key_that_it_brings(claims: dict[str, Any]) -> str:
    header = {"alg": "RS256", "jwk": NEXT.as_dict(private=False)}
    return jwt.encode(header, claims, NEXT)


@pytest.mark.parametrize(
    "forged",
    [_unsigned, _by_the_public_key, _by_a_stranger, _by_a_key_that_it_brings, lambda _: "", lambda _: "a.b.c", lambda _: "é.b.c", lambda _: "[" * 9000],
)  # fmt: skip
def test_what_is_not_signed_by_the_provider_is_not_believed(
    fake: Fake, way: OpenId, forged: Callable[[dict[str, Any]], str]
) -> None:
    fake.forged = forged
    begun = way.begin()

    assert why(lambda: way.finish(begun.cookie, fake.signs_in(begun))) == "token"


NOW = int(Clock().now)


@pytest.mark.parametrize(
    ("claims", "about"),
    [
        ({"iss": "https://evil.example"}, "token"),
        ({"iss": None}, "token"),
        ({"aud": "other"}, "token"),
        ({"aud": ["other"]}, "token"),
        ({"aud": [CLIENT, "other"]}, "audience"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "audience"),
        ({"azp": "other"}, "audience"),
        ({"aud": None}, "token"),
        ({"nonce": "other"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": 1}, "nonce"),
        ({"exp": NOW - 60}, "expired"),
        ({"exp": None}, "token"),
        ({"exp": "soon"}, "token"),
        ({"iat": NOW + 61}, "token"),
        ({"nbf": NOW + 61}, "token"),
        ({"sub": None}, "token"),
        ({"sub": 1}, "token"),
        ({"sub": ""}, "token"),
        ({"sub": "x" * 256}, "subject"),
        ({"sub": "x\0"}, "subject"),
    ],
)
def test_what_says_something_else_is_not_believed(
    fake: Fake, way: OpenId, claims: dict[str, Any], about: str
) -> None:
    fake.claims = claims
    begun = way.begin()

    assert why(lambda: way.finish(begun.cookie, fake.signs_in(begun))) == about


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW - 59},
        {"iat": NOW + 60, "nbf": NOW + 60},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "other"], "azp": CLIENT},
    ],
)
def test_a_clock_may_differ_and_a_token_may_be_for_several(
    fake: Fake, way: OpenId, claims: dict[str, Any]
) -> None:
    fake.claims = claims
    begun = way.begin()

    way.finish(begun.cookie, fake.signs_in(begun))


def test_a_way_is_of_one_browser_and_gone_once(fake: Fake, way: OpenId, clock: Clock) -> None:
    mine, other = way.begin(), way.begin()
    back = fake.signs_in(mine)

    assert why(lambda: way.finish(other.cookie, back)) == "state"
    assert why(lambda: way.finish(None, back)) == "cookie"
    assert why(lambda: way.finish(mine.cookie[:-2], back)) == "cookie"
    assert why(lambda: way.finish(mine.cookie, {"code": back["code"]})) == "state"
    way.finish(mine.cookie, back)
    assert why(lambda: way.finish(mine.cookie, back)) == "state"
    clock.passes(seconds=LASTS)
    assert why(lambda: way.finish(other.cookie, fake.signs_in(other))) == "late"


def test_of_eight_who_come_back_at_once_one_is_let_in(fake: Fake, way: OpenId) -> None:
    begun = way.begin()
    back = fake.signs_in(begun)
    done, refused = at_once(lambda: way.finish(begun.cookie, back))

    assert len(done) == 1 and {each.about for each in refused} == {"state"}


@pytest.mark.parametrize(
    ("more", "about"),
    [({"iss": "https://evil.example"}, "issuer"), ({"error": "access_denied"}, "declined"), ({"code": ""}, "declined")],
)  # fmt: skip
def test_whoever_comes_back_otherwise_is_not_let_in(
    fake: Fake, way: OpenId, more: dict[str, str], about: str
) -> None:
    begun = way.begin()

    assert why(lambda: way.finish(begun.cookie, {**fake.signs_in(begun), **more})) == about


def test_a_cookie_of_another_provider_is_not_taken(
    fake: Fake, way: OpenId, ways: Store, clock: Clock
) -> None:
    begun = way.begin()
    told = Provider(issuer="https://id.example", client_id=CLIENT, redirect_uri=BACK)
    asking = Asking(told, clock)
    other = OpenId(asking, ways, MARKS, clock)

    assert why(lambda: other.finish(begun.cookie, fake.signs_in(begun))) == "issuer"
    asking.close()


def test_a_provider_may_take_a_new_key(fake: Fake, way: OpenId, clock: Clock) -> None:
    for key in (RSA, NEXT):
        fake.key = key
        begun = way.begin()
        way.finish(begun.cookie, fake.signs_in(begun))
    assert fake.asked.count("/keys") == 2
    fake.key, fake.published = RSA, [NEXT.as_dict(private=False)]
    begun = way.begin()
    assert why(lambda: way.finish(begun.cookie, fake.signs_in(begun))) == "token"
    assert fake.asked.count("/keys") == 3
    fake.published = []
    clock.passes(hours=1)
    begun = way.begin()
    way.finish(begun.cookie, fake.signs_in(begun))
    assert fake.asked.count("/.well-known/openid-configuration") == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"use": "enc"},
        {"n": "AQAB"},
        {"n": None},
        {"kid": "other"},
        {"n": "!" * 400},
    ],
)
def test_a_key_that_is_not_for_that_is_not_used(
    fake: Fake, way: OpenId, changed: dict[str, Any]
) -> None:
    fake.published = [{**RSA.as_dict(private=False), **changed}]
    begun = way.begin()

    assert why(lambda: way.finish(begun.cookie, fake.signs_in(begun))) == "token"


@pytest.mark.parametrize("asked", ["discovery", "keys", "token"])
@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"{}"),
        (302, {"Location": "https://evil.example"}, b""),
        (200, {}, b"canary"),
        (200, {}, b'{"id_token": "\xff"}'),
        (200, {}, b"[" * 100_000),
        (200, {}, b"{}"),
        (200, {}, b" " * (module.LARGEST + 1)),
        (200, {"Content-Encoding": "gzip"}, b"{}"),
        (200, {"Content-Length": "9999"}, b"{}"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    fake: Fake, way: OpenId, asked: str, answer: tuple[int, dict[str, str], bytes]
) -> None:
    path = {"discovery": "/.well-known/openid-configuration", "keys": "/keys", "token": "/token"}[asked]  # fmt: skip
    fake.answers[path] = answer

    def there_and_back() -> None:
        begun = way.begin()
        way.finish(begun.cookie, fake.signs_in(begun))

    with pytest.raises(Refused) as refused:
        there_and_back()
    assert (refused.value.reason, refused.value.about) == (Reason.PROVIDER_FAILED, asked)
    assert "canary" not in repr(refused.value.__cause__)


def test_an_answer_that_drips_is_given_up(
    fake: Fake, way: OpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WHOLE", -1)

    assert why(way.begin) == "discovery"


def test_a_failure_is_remembered_for_a_moment_and_asked_once_by_many(
    fake: Fake, way: OpenId, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    really = module.Asking._asked

    def counted(self: Asking, about: str, *more: Any) -> Any:
        asked.append(about)
        return really(self, about, *more)

    monkeypatch.setattr(module.Asking, "_asked", counted)
    fake.metadata = {"issuer": "https://evil.example"}
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: why(way.begin), range(8))) == {"issuer"}
    assert asked == ["discovery"]

    fake.metadata = {}
    assert why(way.begin) == "issuer"
    clock.passes(seconds=module.FAILED_FOR)
    way.begin()
    assert asked == ["discovery"] * 2


def test_nobody_there_is_told_as_such(way: OpenId, clock: Clock) -> None:
    told = Provider(issuer="http://127.0.0.1:1", client_id=CLIENT, redirect_uri=BACK)
    asking = Asking(told, clock)

    assert why(asking.metadata) == "discovery"
    asking.close()


@pytest.mark.parametrize(
    ("metadata", "about"),
    [
        ({"issuer": "https://evil.example"}, "issuer"),
        ({"token_endpoint": "http://evil.example/token"}, "https"),
        ({"jwks_uri": "ftp://127.0.0.1/keys"}, "https"),
        ({"authorization_endpoint": "https://user@id.example/"}, "https"),
    ],
)
def test_a_provider_that_says_something_else_of_itself_is_not_asked_further(
    fake: Fake, way: OpenId, metadata: dict[str, Any], about: str
) -> None:
    fake.metadata = metadata

    assert why(way.begin) == about


@pytest.mark.parametrize("secret", [SECRET, None])
def test_a_secret_is_sent_as_the_provider_wants_it(
    fake: Fake, ways: Store, clock: Clock, secret: str | None
) -> None:
    fake.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    told = Provider(issuer=fake.issuer, client_id=CLIENT, client_secret=secret, redirect_uri=BACK)
    asking = Asking(told, clock)
    way = OpenId(asking, ways, MARKS, clock)
    begun = way.begin()
    way.finish(begun.cookie, fake.signs_in(begun))

    assert (fake.sent["client_id"], fake.sent.get("client_secret")) == (CLIENT, secret)
    assert fake.authorised == ""
    asking.close()


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://id.example", True),
        ("https://id.example:8443/realm", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]/x", True),
        ("http://localhost", True),
        ("http://id.example", False),
        ("http://localhost.evil.example", False),
        ("https://id.example/?x=1", False),
        ("https://user@id.example", False),
        ("https://", False),
        ("https://[", False),
        ("https://id.example:99999", False),
        ("", False),
    ],
)
def test_an_address_is_https_or_stays_on_this_machine(address: str, safe: bool) -> None:
    assert is_safe(address) is safe


def test_a_provider_without_https_is_not_taken() -> None:
    def told() -> Provider:
        return Provider(issuer="http://id.example", client_id=CLIENT, redirect_uri=BACK)

    assert refusal(told) is Reason.MALFORMED
