# SPDX-License-Identifier: Apache-2.0
"""The classes of fastapi.security, which only extract a token, beside ours, which verifies it: the same
requests, and the same status, body and header fields, or a difference that DIFFERENCES names."""

from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Security, security
from fastapi.testclient import TestClient

from conftest import AUDIENCE, FakeIssuer
from ostiary.fastapi import OIDC

URL = "https://id.example.org"
PLAIN = {
    "HTTPBearer": lambda: security.HTTPBearer(),
    "OAuth2PasswordBearer": lambda: security.OAuth2PasswordBearer(tokenUrl=URL),
    "OAuth2AuthorizationCodeBearer": lambda: security.OAuth2AuthorizationCodeBearer(authorizationUrl=URL, tokenUrl=URL),
    "OpenIdConnect": lambda: security.OpenIdConnect(openIdConnectUrl=URL),
    "OAuth2": lambda: security.OAuth2(),
}
OPTIONAL = {
    "HTTPBearer": lambda: security.HTTPBearer(auto_error=False),
    "OAuth2PasswordBearer": lambda: security.OAuth2PasswordBearer(tokenUrl=URL, auto_error=False),
    "OAuth2AuthorizationCodeBearer": lambda: security.OAuth2AuthorizationCodeBearer(
        authorizationUrl=URL, tokenUrl=URL, auto_error=False
    ),
    "OpenIdConnect": lambda: security.OpenIdConnect(openIdConnectUrl=URL, auto_error=False),
    "OAuth2": lambda: security.OAuth2(auto_error=False),
}
REQUESTS = {
    "good": lambda token: [f"Bearer {token}"],
    "good, scheme in lower case": lambda token: [f"bearer {token}"],
    "good, scheme in upper case": lambda token: [f"BEARER {token}"],
    "none": lambda token: [],
    "empty field": lambda token: [""],
    "Basic": lambda token: ["Basic YWxpY2U6c2VjcmV0"],
    "scheme alone": lambda token: ["Bearer"],
    "scheme and a space": lambda token: ["Bearer "],
    "token alone": lambda token: [token],
    "nonsense": lambda token: ["Bearer nonsense"],
    "two fields": lambda token: [f"Bearer {token}", "Bearer nonsense"],
    "a token and more": lambda token: [f"Bearer {token} more"],
}
RAW = ("OpenIdConnect", "OAuth2")  # These hand on the field as it is, whatever its scheme.
BEARERS = ("HTTPBearer", "OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer")
# Everywhere: the challenge names the realm (RFC 6750 §3: at least one attribute follows the scheme), and
# neither refusals nor what a token gave access to are stored (Cache-Control).
# (request, classes, whether optional; None: both) -> (plain's status, ours, why).
REFUSED = "plain FastAPI hands on what was not verified"
UNKNOWN = "who brings something that is no token is not taken for one who brings nothing"
MALFORMED = "RFC 6750 §3.1: a malformed or repeated field is invalid_request, 400"
DIFFERENCES: list[tuple[str, tuple[str, ...], "bool | None", int, int, str]] = [
    ("nonsense", (*BEARERS, *RAW), None, 200, 401, REFUSED),
    ("token alone", RAW, False, 200, 401, REFUSED),
    ("Basic", RAW, False, 200, 401, REFUSED),
    ("Basic", (*BEARERS, *RAW), True, 200, 401, UNKNOWN),
    ("token alone", (*BEARERS, *RAW), True, 200, 401, UNKNOWN),
    ("empty field", (*BEARERS, *RAW), True, 200, 401, UNKNOWN),
    ("two fields", (*BEARERS, *RAW), None, 200, 400, MALFORMED),
    ("a token and more", (*BEARERS, *RAW), None, 200, 400, MALFORMED),
    ("scheme alone", RAW, None, 200, 400, MALFORMED),
    ("scheme and a space", RAW, None, 200, 400, MALFORMED),
    ("scheme alone", ("HTTPBearer",), False, 401, 400, MALFORMED),
    ("scheme and a space", ("HTTPBearer",), False, 401, 400, MALFORMED),
    ("scheme alone", ("HTTPBearer",), True, 200, 400, MALFORMED),
    ("scheme and a space", ("HTTPBearer",), True, 200, 400, MALFORMED),
    ("scheme alone", BEARERS[1:], None, 200, 400, MALFORMED),
    ("scheme and a space", BEARERS[1:], None, 200, 400, MALFORMED),
]


def difference(request: str, name: str, optional: bool) -> "tuple[int, int] | None":
    for brought, classes, when, plain, ours, _ in DIFFERENCES:
        if brought == request and name in classes and when in (None, optional):
            return plain, ours
    return None


def application(scheme: Any, **settings: Any) -> TestClient:
    app = FastAPI(**settings)

    @app.get("/")
    async def root(user: Annotated[Any, Security(scheme, scopes=[])]) -> str:
        return "in"

    return TestClient(app)


@pytest.fixture(scope="module")
def sides():
    with FakeIssuer() as issuer:
        oidc = OIDC(issuer.issuer, AUDIENCE)
        with application(oidc, lifespan=oidc.lifespan) as ours:
            assert oidc.verifier.wait_ready(60)
            yield issuer.token(), ours, application(oidc.optional)


def ask(client, fields):
    return client.get("/", headers=[("Authorization", field) for field in fields])


def fields_of(answer):
    """Without the length of a body that is compared, and what the listed difference adds."""
    kept = dict(answer.headers)
    kept.pop("content-length")
    kept.pop("cache-control", None)
    if answer.status_code != 200:
        kept["www-authenticate"] = kept["www-authenticate"].removesuffix(' realm="ostiary"')
    return kept


@pytest.mark.parametrize("request_name", REQUESTS)
@pytest.mark.parametrize("optional", [False, True])
@pytest.mark.parametrize("name", PLAIN)
def test_the_same_answer_or_a_listed_difference(sides, name, optional, request_name):
    token, guarded, open_too = sides
    fields = REQUESTS[request_name](token)
    plain = ask(application((OPTIONAL if optional else PLAIN)[name]()), fields)
    ours = ask(open_too if optional else guarded, fields)
    listed = difference(request_name, name, optional)
    if listed is not None:
        assert (plain.status_code, ours.status_code) == listed
        assert "error=" in ours.headers["WWW-Authenticate"] or request_name in ("Basic", "token alone", "empty field")
    else:
        assert ours.status_code == plain.status_code
        assert ours.json() == plain.json()
        assert fields_of(ours) == fields_of(plain)
