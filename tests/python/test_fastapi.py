# SPDX-License-Identifier: Apache-2.0
"""Guarded routes of FastAPI: what comes in, what is answered, and that nothing blocks the loop."""

import asyncio
import base64
import hashlib
import json
import sys
import time
from typing import Annotated, Any, Optional

import httpx2
import jwt as pyjwt
import pytest
from conftest import AUDIENCE, rsa_key
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import Depends, FastAPI, Security, WebSocket
from fastapi.security import HTTPBearer, OAuth2AuthorizationCodeBearer, OAuth2PasswordBearer, OpenIdConnect
from pydantic import BaseModel
from starlette.testclient import TestClient, WebSocketDenialResponse

import ostiary
from ostiary import Claims, errors
from ostiary.fastapi import OIDC


class User(BaseModel):
    sub: str
    email: str
    nickname: Optional[str] = None


def application(oidc):
    app = FastAPI(lifespan=oidc.lifespan)
    app.include_router(oidc.router)

    @app.get("/public/")
    async def public():
        return {"message": "Hello!"}

    @app.get("/items/")
    async def items(claims: Annotated[Claims, Depends(oidc)]):
        return {"message": f"Hello user {claims.subject}!"}

    @app.post("/items/")
    async def write(claims: Annotated[Claims, Security(oidc, scopes=["items:write"])], body: dict[str, Any]):
        return body

    @app.delete("/items/", dependencies=[Depends(oidc.require(realm_roles=["admin"]))])
    async def delete():
        return "deleted"

    @app.get("/either/")
    async def either(claims: Annotated[Optional[Claims], Depends(oidc.optional)]):
        return {"who": claims.subject if claims is not None else None}

    @app.get("/me/")
    async def me(user: Annotated[User, Depends(oidc.claims_as(User))]):
        return user

    @app.get("/sync/")
    def in_a_thread(claims: Annotated[Claims, Depends(oidc)]):
        return {"who": claims.subject}

    @app.websocket("/socket/")
    async def socket(websocket: WebSocket, claims: Annotated[Claims, Depends(oidc)]):
        await websocket.accept()
        await websocket.send_text(str(claims.subject))
        await websocket.close()

    return app


@pytest.fixture
def client(issuer):
    oidc = OIDC(issuer.issuer, AUDIENCE, base_url="http://testserver")
    assert oidc.verifier.wait_ready(60)
    with TestClient(application(oidc)) as made:
        yield made


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


# ---- who comes in ----


def test_a_good_token_comes_in_and_nothing_of_it_is_kept_by_caches(issuer, client):
    for path, expected in (("/items/", {"message": "Hello user alice!"}), ("/sync/", {"who": "alice"})):
        answer = client.get(path, headers=bearer(issuer.token()))
        assert (answer.status_code, answer.json()) == (200, expected)
        assert answer.headers["cache-control"] == "no-store"
    assert client.get("/public/").status_code == 200


def test_scopes_and_roles_belong_to_routes(issuer, client):
    def post(scope):
        return client.post("/items/", headers=bearer(issuer.token(scope=scope)), json={"a": 1})

    assert post("openid items:write").json() == {"a": 1}
    refused = post("openid items:read")
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert 'scope="items:write"' in refused.headers["www-authenticate"]
    assert client.delete("/items/", headers=bearer(issuer.token())).status_code == 403
    admin = issuer.token(realm_access={"roles": ["admin"]})
    assert client.delete("/items/", headers=bearer(admin)).json() == "deleted"


@pytest.mark.skipif(sys.version_info < (3, 10), reason="the last FastAPI for Python 3.9 reads the body first")
def test_a_refusal_comes_before_what_is_wrong_with_the_body(client):
    assert client.post("/items/", content=b"no json").status_code == 401


def test_an_optional_identity(issuer, client):
    assert client.get("/either/").json() == {"who": None}
    assert client.get("/either/", headers=bearer(issuer.token())).json() == {"who": "alice"}
    assert client.get("/either/", headers=bearer("nonsense")).status_code == 401
    assert client.get("/either/", headers=bearer(issuer.token(aud="other"))).status_code == 401


def test_claims_as_a_model(issuer, client, verifier):
    good = client.get("/me/", headers=bearer(issuer.token(email="alice@example.org")))
    assert good.json() == {"sub": "alice", "email": "alice@example.org", "nickname": None}
    less = client.get("/me/", headers=bearer(issuer.token()))
    assert less.status_code == 403
    with pytest.raises(errors.InsufficientScopeError) as caught:
        never = ostiary.Policy({"claims": [{"claim": "email", "equals": "nobody"}]})
        verifier.check(f"Bearer {issuer.token()}", never, method="GET", url="http://testserver/me/")
    assert less.headers["www-authenticate"] == caught.value.challenge
    assert 'error="insufficient_scope"' in caught.value.challenge
    assert less.json() == {"detail": caught.value.message} and less.headers["cache-control"] == "no-store"
    assert client.get("/me/").status_code == 401


def test_a_socket_is_guarded(issuer, client):
    with client.websocket_connect("/socket/", headers=bearer(issuer.token())) as socket:
        assert socket.receive_text() == "alice"
    with pytest.raises(WebSocketDenialResponse) as caught:
        with client.websocket_connect("/socket/"):
            pass
    assert caught.value.status_code == 401 and "Bearer" in caught.value.headers["www-authenticate"]


def test_dependency_overrides(issuer):
    oidc = OIDC(issuer.issuer, AUDIENCE)
    app = application(oidc)

    class Somebody:
        subject = "tester"

    app.dependency_overrides[oidc] = Somebody
    app.dependency_overrides[oidc.require(realm_roles=("admin",))] = Somebody
    app.dependency_overrides[oidc.optional] = Somebody
    app.dependency_overrides[oidc.claims_as(User)] = lambda: User(sub="tester", email="t@example.org")
    with TestClient(app) as client:
        assert client.get("/items/").json() == {"message": "Hello user tester!"}
        assert client.delete("/items/").json() == "deleted"
        assert client.get("/either/").json() == {"who": "tester"}
        assert client.get("/me/").json()["sub"] == "tester"
    assert oidc.require({"realm_roles": ["admin"]}) is not oidc.require(realm_roles=["other"])


# ---- one table for all: what the guard says is what is answered ----


@pytest.mark.parametrize(
    "fields",
    [
        [],
        ["Basic YTpi"],
        ["Bearer"],
        ["Bearer "],
        ["Bearer nonsense"],
        ["Bearer a.b.c"],
        ["bearer {good}", "Bearer {good}"],
        ["Bearer {other audience}"],
        ["Bearer {expired}"],
        ["Bearer {forged}"],
        ["DPoP {good}"],
        ["Bearer {good} {good}"],
        ["Bearer \u00e9"],
    ],
)
def test_every_refusal_is_the_guards_own(issuer, verifier, client, fields):
    tokens = {
        "{good}": issuer.token(),
        "{other audience}": issuer.token(aud="other"),
        "{expired}": issuer.token(lifetime=None, exp=1),
        "{forged}": issuer.token(key=rsa_key("first", "forger")),
    }
    for name, token in tokens.items():
        fields = [field.replace(name, token) for field in fields]
    raw = [field.encode("latin-1") for field in fields]
    url = "http://testserver/items/"
    with pytest.raises(errors.TokenError) as caught:
        verifier.check(raw, method="GET", url=url, dpop=[])
    answer = client.get("/items/", headers=[("Authorization", field) for field in raw])
    refusal = caught.value
    assert answer.status_code == refusal.status
    assert answer.json() == {"detail": refusal.message}
    assert answer.headers["www-authenticate"] == refusal.challenge
    assert answer.headers["cache-control"] == "no-store"


REQUESTS = {
    "nothing": {},
    "another scheme": {"Authorization": "Basic YTpi"},
    "the scheme alone": {"Authorization": "Bearer"},
    "a good token": {"Authorization": "Bearer {good}"},
    "in lower case": {"Authorization": "bearer {good}"},
}
PLAIN = {
    "HTTPBearer": HTTPBearer(),
    "OAuth2PasswordBearer": OAuth2PasswordBearer(tokenUrl="t"),
    "OAuth2AuthorizationCodeBearer": OAuth2AuthorizationCodeBearer("a", "t"),
    "OpenIdConnect": OpenIdConnect(openIdConnectUrl="u"),
}
# Where plain FastAPI answers otherwise: it looks at the form of the field alone.
DIFFERENCES = {
    ("the scheme alone", "HTTPBearer"): (400, "RFC 6750 §3.1: a malformed request, which plain FastAPI takes for none"),
    ("the scheme alone", "OAuth2PasswordBearer"): (400, "plain FastAPI lets an empty token through to the program"),
    ("the scheme alone", "OAuth2AuthorizationCodeBearer"): (400, "likewise"),
    ("the scheme alone", "OpenIdConnect"): (400, "likewise: it looks at nothing but that the field is there"),
    ("another scheme", "OpenIdConnect"): (401, "likewise"),
}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("kind", PLAIN)
def test_beside_the_classes_of_fastapi(issuer, client, name, kind):
    headers = {field: value.replace("{good}", issuer.token()) for field, value in REQUESTS[name].items()}
    app = FastAPI()

    @app.get("/items/")
    async def items(said: Annotated[Any, Depends(PLAIN[kind])]):
        return {"message": "Hello user alice!"}

    plain, ours = TestClient(app).get("/items/", headers=headers), client.get("/items/", headers=headers)
    if (name, kind) in DIFFERENCES:
        status, reason = DIFFERENCES[(name, kind)]
        assert reason and ours.status_code == status != plain.status_code, plain.text
        return
    assert ours.status_code == plain.status_code
    assert ours.json() == plain.json()
    assert ours.headers["content-type"] == plain.headers["content-type"]
    if plain.status_code == 401:
        assert plain.headers["www-authenticate"].split()[0] in ours.headers["www-authenticate"]


# ---- senders ----


def proof(key, url, token, method="GET"):
    """A proof of possession (RFC 9449 §4.2), made by another library."""
    numbers = key.public_key().public_numbers()

    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    jwk = {"crv": "P-256", "kty": "EC", "x": encode(numbers.x.to_bytes(32, "big")), "y": encode(numbers.y.to_bytes(32, "big"))}
    thumbprint = encode(hashlib.sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()).digest())
    claims = {"htm": method, "htu": url, "iat": int(time.time()), "jti": str(time.monotonic_ns())}
    claims["ath"] = encode(hashlib.sha256(token.encode()).digest()) if token else ""
    return thumbprint, pyjwt.encode(claims, key, "ES256", headers={"typ": "dpop+jwt", "jwk": jwk})


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("http://testserver", "http://testserver/items/"),
        ("https://api.example.org/", "https://api.example.org/items/"),
    ],
)
def test_a_token_bound_to_a_key_needs_its_proof(issuer, base_url, url):
    oidc = OIDC(issuer.issuer, AUDIENCE, base_url=base_url)
    assert oidc.verifier.wait_ready(60)
    key = ec.generate_private_key(ec.SECP256R1())
    token = issuer.token(cnf={"jkt": proof(key, url, "")[0]})
    with TestClient(application(oidc)) as client:

        def get(made):
            return client.get("/items/?page=2", headers={"Authorization": f"DPoP {token}", "DPoP": made})

        good = proof(key, url, token)[1]
        assert get(good).status_code == 200
        again = get(good)
        assert again.status_code == 401 and 'error="invalid_dpop_proof"' in again.headers["www-authenticate"]
        assert get(proof(key, "https://elsewhere.example/items/", token)[1]).status_code == 401
        assert get(proof(key, url, token, "POST")[1]).status_code == 401
        assert client.get("/items/", headers=bearer(token)).status_code == 401


def test_a_proof_is_not_good_because_host_names_the_api_it_was_made_for(issuer):
    oidc = OIDC(issuer.issuer, AUDIENCE)
    assert oidc.verifier.wait_ready(60)
    key, url = ec.generate_private_key(ec.SECP256R1()), "http://other.example/items/"
    token = issuer.token(cnf={"jkt": proof(key, url, "")[0]})
    with TestClient(application(oidc)) as client:
        fields = {"Authorization": f"DPoP {token}", "DPoP": proof(key, url, token)[1], "Host": "other.example"}
        refused = client.get("/items/", headers=fields)
        assert refused.status_code == 401
        # It takes no proofs, and so offers none.
        assert "DPoP" not in refused.headers["www-authenticate"]


def test_a_token_bound_to_a_certificate_needs_it(issuer):
    shown = []
    oidc = OIDC(issuer.issuer, AUDIENCE, certificate=lambda connection: shown[0] if shown else None)
    assert oidc.verifier.wait_ready(60)
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(b"certificate").digest()).rstrip(b"=").decode()
    token = issuer.token(cnf={"x5t#S256": thumbprint})
    with TestClient(application(oidc)) as client:
        assert client.get("/items/", headers=bearer(token)).status_code == 401
        shown.append(b"another")
        assert client.get("/items/", headers=bearer(token)).status_code == 401
        shown[0] = b"certificate"
        assert client.get("/items/", headers=bearer(token)).status_code == 200


# ---- the issuer's troubles ----


def test_an_issuer_that_is_down_is_503_and_no_reason_not_to_start(issuer):
    issuer.down = True
    oidc = OIDC(issuer.issuer, AUDIENCE)
    with TestClient(application(oidc)) as client:
        answer = client.get("/items/", headers=bearer(issuer.token()))
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0 and "www-authenticate" not in answer.headers
        ready = client.get("/health/ready")
        assert ready.status_code == 503 and ready.json()["status"] == "DOWN"
        assert client.get("/health/live").json() == {"status": "UP"}
        assert client.get("/public/").status_code == 200


def test_a_slow_issuer_holds_up_nobody_else(issuer):
    """A thousand requests wait for one key; the loop goes on, and the key is fetched once."""
    oidc = OIDC(issuer.issuer, AUDIENCE)
    assert oidc.verifier.wait_ready(60)
    new = rsa_key("second")
    issuer.published.append(new)
    issuer.delay = 0.5
    token = issuer.token(key=new)
    before = issuer.count("/certs")
    app = application(oidc)

    async def run():
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
            waiting = [asyncio.ensure_future(client.get("/items/", headers=bearer(token))) for _ in range(1000)]
            await asyncio.sleep(0)
            while not all(task.done() for task in waiting):
                assert (await client.get("/public/")).status_code == 200
                await asyncio.sleep(0.005)
            return {task.result().status_code for task in waiting}

    assert asyncio.run(run()) == {200}
    assert issuer.count("/certs") == before + 1
    oidc.close()


# ---- its life ----


def test_the_verifier_lives_as_long_as_the_application(issuer):
    oidc = OIDC(issuer.issuer, AUDIENCE)
    app = application(oidc)
    token = issuer.token()
    for _ in range(2):
        with TestClient(app) as client:
            assert oidc.verifier.wait_ready(60)
            assert client.get("/items/", headers=bearer(token)).status_code == 200
        assert oidc.verifier.closed


def test_a_verifier_of_ones_own_is_left_open(issuer, verifier):
    app = application(OIDC(verifier=verifier))
    with TestClient(app) as client:
        assert client.get("/items/", headers=bearer(issuer.token())).status_code == 200
    assert not verifier.closed


# ---- what operators and pages see ----


def test_a_verifiers_own_way_of_checking_is_the_last_word(issuer):
    class Careful(ostiary.Verifier):
        async def acheck(self, *given, **named):
            claims = await super().acheck(*given, **named)
            if claims["sub"] == "mallory":
                raise errors.RevokedError("not she")
            return claims

    with Careful(issuer.issuer, AUDIENCE) as verifier, TestClient(application(OIDC(verifier=verifier))) as client:
        assert client.get("/items/", headers=bearer(issuer.token())).status_code == 200
        assert client.get("/items/", headers=bearer(issuer.token(sub="mallory"))).status_code == 401


@pytest.mark.parametrize("shape", [tuple, lambda pairs: [list(pair) for pair in pairs], lambda pairs: [*pairs, *pairs]])
def test_headers_in_whatever_shape_a_server_has_them(issuer, shape):
    """Lists of lists, which some servers send, are looked at as well; a field that came twice is refused."""
    app, oidc = FastAPI(), OIDC(issuer.issuer, AUDIENCE)
    assert oidc.verifier.wait_ready(60)

    @app.get("/items/")
    async def items(claims: Annotated[Claims, Depends(oidc)]):
        return claims.subject

    async def otherwise(scope, receive, send):
        await app({**scope, "headers": shape(scope["headers"])}, receive, send)

    client = TestClient(otherwise)
    twice = len(shape([("a", "b")])) == 2
    for token, status in ((issuer.token(), 400 if twice else 200), (issuer.token(aud="other"), 400 if twice else 401)):
        assert client.get("/items/", headers=bearer(token)).status_code == status
    assert client.get("/items/").status_code == 401
    oidc.close()


def test_health_and_metrics(issuer, client):
    client.get("/items/", headers=bearer(issuer.token()))
    ready = client.get("/health/ready")
    assert ready.status_code == 200 and ready.json()["status"] == "UP"
    assert ready.json()["issuers"][0]["issuer"] == issuer.issuer
    metrics = client.get("/metrics")
    assert "# TYPE ostiary_" in metrics.text
    assert metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_the_document_names_the_flow_with_pkce_and_no_secret(issuer):
    oidc = OIDC(issuer.issuer, AUDIENCE, scopes={"items:write": "Write items"})
    app = FastAPI(swagger_ui_init_oauth=oidc.docs("items-docs"))

    @app.post("/items/")
    async def write(claims: Annotated[Claims, Security(oidc, scopes=["items:write"])]):
        return {}

    document = app.openapi()
    flow = document["components"]["securitySchemes"]["OIDC"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == f"{issuer.issuer}/protocol/openid-connect/auth"
    assert flow["tokenUrl"] == f"{issuer.issuer}/protocol/openid-connect/token"
    assert flow["scopes"] == {"items:write": "Write items"}
    assert document["paths"]["/items/"]["post"]["security"] == [{"OIDC": ["items:write"]}]
    page = TestClient(app).get("/docs").text
    assert '"usePkceWithAuthorizationCodeGrant": true' in page and "items-docs" in page
    assert "secret" not in page.lower()
    oidc.close()


def test_the_metadata_of_the_resource(issuer):
    oidc = OIDC(issuer.issuer, AUDIENCE, resource="https://api.example.org/mcp", scopes={"items:read": "Read"})
    with TestClient(application(oidc)) as client:
        answer = client.get("/.well-known/oauth-protected-resource/mcp")
        assert answer.json()["resource"] == "https://api.example.org/mcp"
        assert answer.json()["authorization_servers"] == [issuer.issuer]
        assert answer.json()["scopes_supported"] == ["items:read"]
        assert answer.headers["access-control-allow-origin"] == "*"
        asks = {"Origin": "https://tool.example", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "mcp-protocol-version"}
        first = client.options("/.well-known/oauth-protected-resource/mcp", headers=asks)
        assert first.status_code == 204 and first.headers["access-control-allow-origin"] == "*"
        assert first.headers["access-control-allow-headers"].lower() == "mcp-protocol-version"
        challenge = client.get("/items/").headers["www-authenticate"]
        assert 'resource_metadata="https://api.example.org/.well-known/oauth-protected-resource/mcp"' in challenge


def test_another_issuer_is_named_by_its_discovery():
    oidc = OIDC("https://id.example.org/", AUDIENCE)
    assert oidc.model.openIdConnectUrl == "https://id.example.org/.well-known/openid-configuration"
    oidc.close()


# ---- the program's mistakes ----


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: OIDC(), errors.ConfigurationError),
        (lambda: OIDC("http://id.example.org", AUDIENCE), errors.ConfigurationError),
        (lambda: OIDC("https://id.example.org"), (errors.ConfigurationError, TypeError)),
        (lambda: OIDC("https://id.example.org", AUDIENCE, leway=3), TypeError),
        (lambda: OIDC("https://id.example.org", AUDIENCE, resource="api"), errors.ConfigurationError),
        (lambda: OIDC("https://id.example.org", AUDIENCE).require(rolls=["x"]), (errors.ConfigurationError, ValueError)),
        (lambda: OIDC("https://id.example.org", AUDIENCE).require({"open": True}), errors.ConfigurationError),
        (lambda: OIDC("https://id.example.org", AUDIENCE).require(scopes="x"), (errors.ConfigurationError, ValueError, TypeError)),
    ],
)
def test_mistakes_are_told_at_the_start(make, error):
    with pytest.raises(error):
        make()


def test_the_log_says_why_and_holds_no_token(issuer, client, caplog):
    token = issuer.token(aud="other")
    with caplog.at_level("INFO", "ostiary"):
        client.get("/items/", headers=bearer(token))
    assert "OST_E_AUDIENCE" in caplog.text and "other" in caplog.text
    assert token not in caplog.text


def test_the_log_says_when_an_issuer_fails_and_when_it_works_again(caplog):
    """By warnings, which are seen although nobody has set up a log."""
    from ostiary import testing

    def told(words):
        until = time.monotonic() + 60
        while words not in caplog.text:
            assert time.monotonic() < until, caplog.text
            time.sleep(0.05)

    with testing.Issuer(AUDIENCE) as own, caplog.at_level("WARNING", "ostiary"):
        own.down = True
        oidc = OIDC(own.url, AUDIENCE)
        with TestClient(application(oidc)) as client:
            told(f"issuer {own.url} fails: discovery: {own.url}")
            assert client.get("/items/", headers=bearer(own.token())).status_code == 503
            told("refused: OST_E_")
            own.down = False
            told(f"issuer {own.url} works again, after ")
            assert client.get("/items/", headers=bearer(own.token())).status_code == 200
        assert caplog.text.count(" fails: ") == 1




def test_claims_that_fit_no_model_are_refused_for_that_also_with_a_proof():
    """The proof has been used up by then: it is the claims that are told, not a replay."""
    from ostiary import testing

    class Buyer(BaseModel):
        basket: int

    with testing.Issuer(AUDIENCE) as own:
        oidc = OIDC(own.url, AUDIENCE, base_url="http://testserver")
        app = FastAPI(lifespan=oidc.lifespan)
        app.get("/items/", dependencies=[Depends(oidc.claims_as(Buyer))])(lambda: {})
        key = ostiary.Key.generate("ES256")
        with TestClient(app) as client:
            assert oidc.verifier.wait_ready(60)
            for claims, status in (({"basket": 1}, 200), ({}, 403)):
                token = own.token(dpop_key=key, **claims)
                shown = testing.dpop_proof(key, "GET", "http://testserver/items/", token)
                answer = client.get("/items/", headers={"Authorization": f"DPoP {token}", "DPoP": shown})
                assert answer.status_code == status, answer.headers
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_the_last_of_several_applications_takes_the_verifier_along():
    """Two on ports of their own, or a test's client within another's: the first that ended left 503 to the others."""
    from ostiary import testing

    with testing.Issuer(AUDIENCE) as own:
        oidc = OIDC(own.url, AUDIENCE)
        apps = FastAPI(lifespan=oidc.lifespan), FastAPI(lifespan=oidc.lifespan)
        for app in apps:
            app.get("/items/", dependencies=[Depends(oidc)])(lambda: {})

        def status(client):
            return client.get("/items/", headers={"Authorization": f"Bearer {own.token()}"}).status_code

        for _ in range(2):  # and again, once none was left
            with TestClient(apps[0]) as first:
                assert oidc.verifier.wait_ready(60)
                for app in apps:
                    with TestClient(app) as second:
                        assert (status(first), status(second)) == (200, 200)
                    assert status(first) == 200 and not oidc.verifier.closed
            assert oidc.verifier.closed
