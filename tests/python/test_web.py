# SPDX-License-Identifier: Apache-2.0
"""The middleware for ASGI and WSGI, under the frameworks that people have."""

import asyncio
import json

import django
import flask
import httpx
import litestar
import pytest
import starlette.applications
import starlette.responses
import starlette.routing
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import re_path

import ostiary
from ostiary import asgi, errors, jwk, testing, wsgi

ORIGIN = "https://api.example.org"
PATHS = {
    "/health": ostiary.Policy({"open": True}),
    "/admin/": ostiary.Policy({"realm_roles": ["admin"]}),
    "/scoped/": ostiary.Policy({"scopes": ["items:write"]}),
}


def who(claims):
    return {"user": claims and claims.subject}


# ---- one application for each framework: it says who asks ----


def starlette_app():
    async def answer(request):
        return starlette.responses.JSONResponse(who(request.scope["ostiary.claims"]))

    return starlette.applications.Starlette(routes=[starlette.routing.Route("/{path:path}", answer, methods=["GET", "POST"])])


def litestar_app():
    @litestar.get(["/", "/{path:path}"], sync_to_thread=False)
    def answer(request: litestar.Request) -> dict:
        return who(request.scope["ostiary.claims"])

    return litestar.Litestar([answer], openapi_config=None)


def django_view(request):
    held = getattr(request, "scope", None) or request.environ
    return JsonResponse(who(held["ostiary.claims"]))


urlpatterns = [re_path("^.*$", django_view)]


def flask_app():
    app = flask.Flask("guarded")
    app.add_url_rule("/<path:path>", view_func=lambda path: flask.jsonify(who(flask.request.environ["ostiary.claims"])))
    return app.wsgi_app


@pytest.fixture(scope="module", autouse=True)
def configured():
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="for-tests-alone", USE_TZ=True)
    django.setup()


APPS = {
    "starlette": (starlette_app, asgi),
    "litestar": (litestar_app, asgi),
    "django-asgi": (get_asgi_application, asgi),
    "flask": (flask_app, wsgi),
    "django-wsgi": (get_wsgi_application, wsgi),
}


class Client:
    """Requests to an application inside the process, over httpx."""

    def __init__(self, app, is_asgi):
        self.app, self.is_asgi = app, is_asgi

    def get(self, path, fields=(), method="GET"):
        if not self.is_asgi:
            with httpx.Client(transport=httpx.WSGITransport(self.app), base_url=ORIGIN) as client:
                return client.request(method, path, headers=list(fields))

        async def main():
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=ORIGIN) as client:
                return await client.request(method, path, headers=list(fields))

        return asyncio.run(main())

    def with_token(self, path, token, *more):
        return self.get(path, [("Authorization", f"Bearer {token}"), *more])


@pytest.fixture(scope="module")
def own():
    with testing.Issuer("items-api") as made:
        yield made


@pytest.fixture(params=list(APPS))
def guarded(request, own):
    """Wraps the framework's application as the test wants it."""
    make, module = APPS[request.param]
    verifiers = []

    def wrap(verifier=None, **options):
        verifiers.append(verifier or own.verifier())
        assert verifier or verifiers[-1].wait_ready(60)
        made = module.Middleware(make(), verifiers[-1], **options)
        return Client(made, module is asgi)

    yield wrap
    for verifier in verifiers:
        verifier.close()


def test_a_good_token_reaches_the_application_with_its_claims(own, guarded):
    answer = guarded().with_token("/items/", own.token("bob"))
    assert (answer.status_code, answer.json()) == (200, {"user": "bob"})


def refused_by(verifier, values, policy=None):
    with pytest.raises(errors.TokenError) as caught:
        verifier.check(values, policy)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "status"),
    [("none", 401), ("basic", 401), ("garbage", 401), ("expired", 401), ("audience", 401), ("scope", 403), ("role", 403)],
)
def test_a_refusal_is_what_the_guard_says(own, guarded, kind, status):
    fields = {
        "none": [],
        "basic": ["Basic eDp5"],
        "garbage": ["Bearer a.b.c"],
        "expired": [f"Bearer {own.token(lifetime=-900)}"],
        "audience": [f"Bearer {own.token(audience='other')}"],
    }.get(kind, [f"Bearer {own.token()}"])
    path = {"scope": "/scoped/x", "role": "/admin/x"}.get(kind, "/items/")
    verifier = own.verifier()
    assert verifier.wait_ready(60)
    client = guarded(verifier, paths=PATHS)
    answer = client.get(path, [("Authorization", value) for value in fields])
    said = refused_by(verifier, fields, PATHS.get(path[:-1]))
    assert answer.status_code == said.status == status
    assert answer.headers.get_list("WWW-Authenticate") == [said.challenge] and said.challenge.startswith("Bearer ")
    assert answer.json() == {"detail": said.message} and answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    assert client.get(path, [("Authorization", value) for value in fields], "HEAD").content == b""


def test_two_tokens_are_one_too_many(own, guarded):
    client, values = guarded(), [f"Bearer {own.token()}", f"Bearer {own.token()}"]
    if not client.is_asgi:
        values = [",".join(values)]  # as servers of WSGI join the fields of one name
    answer = client.get("/items/", [("Authorization", value) for value in values])
    assert answer.status_code in (400, 401) and "user" not in answer.json()


def test_an_issuer_that_is_down_is_503(guarded):
    with testing.Issuer("items-api") as issuer:
        issuer.down = True
        with issuer.verifier() as verifier:
            answer = guarded(verifier).with_token("/items/", issuer.token())
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0
    assert "WWW-Authenticate" not in answer.headers


def test_paths_have_their_policies(own, guarded):
    client = guarded(paths=PATHS)
    assert client.get("/health").json() == {"user": None}
    assert client.get("/health/more").status_code == 401
    assert client.with_token("/admin/x", own.token(roles=["admin"])).status_code == 200
    assert client.with_token("/scoped/x", own.token(scopes=["items:write"])).status_code == 200


@pytest.mark.parametrize("path", ["/health/%2e%2e/admin/x", "//admin/x", "/x//admin/x", "/x/%2E/y", "/x%5cy"])
def test_a_path_of_two_meanings_is_refused_where_paths_have_policies(own, guarded, path):
    client = guarded(paths=PATHS)
    answer = client.with_token(ORIGIN + path, own.token())
    assert answer.status_code == 400, answer.text


def test_an_encoded_slash_does_not_leave_its_policy(own, guarded):
    assert guarded(paths=PATHS).with_token("/%61dmin/x", own.token()).status_code == 403
    assert guarded(paths=PATHS).with_token("/admin%2fx", own.token()).status_code == 403


@pytest.mark.parametrize("rule", ["/admin", "/admin/"])
@pytest.mark.parametrize("path", ["/admin", "/admin/"])
def test_a_slash_at_the_end_does_not_leave_a_policy(own, guarded, rule, path):
    """Litestar, and Flask where it is told to, take a path with it for the one without, and the other way round."""
    client = guarded(paths={rule: PATHS["/admin/"]})
    assert client.with_token(path, own.token()).status_code == 403
    assert client.with_token(path, own.token(roles=["admin"])).status_code == 200


def test_a_slash_at_the_end_opens_nothing(own, guarded):
    client = guarded(paths={"/health": PATHS["/health"], "/public/": PATHS["/health"]})
    assert [client.get(path).status_code for path in ("/health", "/health/", "/public", "/public/")] == [200, 401, 401, 200]


def mounted(app, is_asgi, prefix):
    """As frameworks call an application that is mounted, and servers one behind a prefix (--root-path, SCRIPT_NAME)."""
    if is_asgi:
        return lambda scope, receive, send: app({**scope, "root_path": prefix}, receive, send)

    def outer(environ, start_response):
        assert environ["PATH_INFO"].startswith(prefix)
        return app({**environ, "SCRIPT_NAME": prefix, "PATH_INFO": environ["PATH_INFO"][len(prefix) :]}, start_response)

    return outer


def test_what_is_mounted_keeps_its_policies(own, guarded):
    """By its own paths, and by those that clients know; what a prefix alone opens stays shut where the application asks for more."""
    inner = guarded(paths={**PATHS, "/api/scoped/": PATHS["/admin/"], "/open/": PATHS["/health"]}, logout_clients="web")
    for prefix in ("/api", "/open"):
        client = Client(mounted(inner.app, inner.is_asgi, prefix), inner.is_asgi)
        assert client.with_token(f"{prefix}/admin/x", own.token()).status_code == 403
        assert client.with_token(f"{prefix}/admin/x", own.token(roles=["admin"])).status_code == 200
        assert client.get(f"{prefix}/health").status_code == 200
        assert client.get(f"{prefix}/backchannel-logout", method="POST").status_code == 400
    client = Client(mounted(inner.app, inner.is_asgi, "/api"), inner.is_asgi)
    assert client.with_token("/api/scoped/x", own.token(scopes=["items:write"])).status_code == 403
    assert client.with_token("/api/x", own.token()).status_code == 200 and client.get("/api/x").status_code == 401
    assert client.get("/apiary/health").status_code == 401 if inner.is_asgi else True


def test_proofs_of_possession(own, guarded):
    key = jwk.Key.generate("ES256")
    token = own.token(dpop_key=key)
    client = guarded(public_url=ORIGIN)
    url = ORIGIN + "/items/a%20b/"
    proof = testing.dpop_proof(key, "GET", url, token)
    fields = [("Authorization", f"DPoP {token}"), ("DPoP", proof)]
    assert client.get("/items/a%20b/?page=2", fields).json() == {"user": "alice"}
    assert client.get("/items/a%20b/", fields).status_code == 401  # a second time
    other = testing.dpop_proof(key, "GET", "https://other.example.org/items/", token)
    assert client.get("/items/", [fields[0], ("DPoP", other)]).status_code == 401
    assert client.get("/items/", [("Authorization", f"Bearer {token}")]).status_code == 401


def test_without_the_public_url_a_bound_token_is_refused(own, guarded):
    key = jwk.Key.generate("ES256")
    token = own.token(dpop_key=key)
    proof = testing.dpop_proof(key, "GET", ORIGIN + "/items/", token)
    assert guarded().get("/items/", [("Authorization", f"DPoP {token}"), ("DPoP", proof)]).status_code == 401


def test_nonces_are_handed_out(own, guarded):
    key = jwk.Key.generate("ES256")
    token = own.token(dpop_key=key)
    verifier = own.verifier(dpop=ostiary.DPoP(require_nonce=True))
    assert verifier.wait_ready(60)
    client, url = guarded(verifier, public_url=ORIGIN), ORIGIN + "/items/"

    def ask(**more):
        proof = testing.dpop_proof(key, "GET", url, token, **more)
        return client.get("/items/", [("Authorization", f"DPoP {token}"), ("DPoP", proof)])

    first = ask()
    assert first.status_code == 401 and 'error="use_dpop_nonce"' in first.headers["WWW-Authenticate"]
    assert ask(nonce=first.headers["DPoP-Nonce"]).status_code == 200


def test_certificates(own, guarded):
    token = own.token(certificate=b"0\x03\x02\x01\x05")
    assert guarded(certificate=lambda _: b"0\x03\x02\x01\x05").with_token("/items/", token).status_code == 200
    assert guarded(certificate=lambda _: b"0\x03\x02\x01\x06").with_token("/items/", token).status_code == 401
    assert guarded().with_token("/items/", token).status_code == 401


# ---- what is of one of them alone ----


def connect(app, fields, extensions):
    """A WebSocket's opening, and what the application sends."""
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/live", "headers": fields, "extensions": extensions}
    asyncio.run(app(scope, receive, send))
    return sent


def test_websockets(own):
    async def echo(scope, receive, send):
        await send({"type": "websocket.accept", "user": scope["ostiary.claims"].subject})

    with own.verifier() as verifier:
        assert verifier.wait_ready(60)
        app = asgi.Middleware(echo, verifier)
        good = [(b"authorization", b"Bearer " + own.token().encode())]
        assert connect(app, good, {}) == [{"type": "websocket.accept", "user": "alice"}]
        assert connect(app, [], {}) == [{"type": "websocket.close", "code": 1008}]
        start, body = connect(app, [], {"websocket.http.response": {}})
        assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
        assert json.loads(body["body"]) == {"detail": "Not authenticated"}


def test_what_is_no_request_passes(own):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    with own.verifier() as verifier:
        asyncio.run(asgi.Middleware(app, verifier)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]


@pytest.mark.parametrize("module", [asgi, wsgi])
def test_what_is_wrong_is_named(own, module):
    with own.verifier() as verifier:
        for options, name in [
            ({"policy": {"open": True}}, "policy"),
            ({"paths": {"health": PATHS["/health"]}}, "paths"),
            ({"paths": {"/health": True}}, "paths"),
            ({"public_url": "api.example.org"}, "public_url"),
            ({"public_url": "https://api.example.org/base"}, "public_url"),
        ]:
            with pytest.raises((TypeError, ValueError), match=name):
                module.Middleware(None, verifier, **options)
        with pytest.raises(TypeError, match="verifier"):
            module.Middleware(None, own.url)
