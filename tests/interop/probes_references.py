# SPDX-License-Identifier: Apache-2.0
"""Request objects by reference (OpenID Connect Core 6.2), and pushed requests whose page is loaded again."""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import threading
import time

from oidc import Client, callback_of

CALLBACK = "http://localhost:8000/auth"
PORT = 18399  # as the realm's file names it
BASE = f"http://127.0.0.1:{PORT}"
REFERRING = Client("referring", "referring-secret-of-thirty-two-bytes-or-more", CALLBACK)
ONLY_REFERENCE = Client("only-reference", "only-reference-secret-of-thirty-two-bytes", CALLBACK)
ONLY_VALUE = Client("only-value", "only-value-secret-of-thirty-two-bytes-or-more", CALLBACK)
UNREGISTERED = Client("unregistered", "unregistered-secret-of-thirty-two-bytes", CALLBACK)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def request_object(realm, client, secret=None, **changes):
    now = int(time.time())
    claims = {**realm.auth_params(client), "iss": client.client_id, "aud": realm.issuer, "exp": now + 60, "nbf": now,
              "state": "state-of-the-object", **changes}
    claims = {name: value for name, value in claims.items() if value is not None}
    text = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{text}.{b64(hmac.digest((secret or client.secret).encode(), text.encode(), 'sha256'))}"


@contextlib.contextmanager
def published(texts):
    """The client's server: {path: text}; /moved leads to /exact."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            text = texts.get(self.path)
            self.send_response(302 if self.path == "/moved" else 200 if text is not None else 404)
            if self.path == "/moved":
                self.send_header("Location", f"{BASE}/exact")
            self.send_header("Content-Type", "application/oauth-authz-req+jwt")
            self.send_header("Content-Length", str(len(text or "")))
            self.end_headers()
            self.wfile.write((text or "").encode())

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        allow_reuse_address = True

    server = Server(("127.0.0.1", PORT), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def ask(r, label, client, uri, texts=None, **parameters):
    """Nothing but the name and the client, unless told otherwise."""
    realm = r.realm("references")
    good = request_object(realm, client)
    texts = texts if texts is not None else {path: good for path in ("/exact", "/wild/one", "/with?query=1", "/other")}
    params = {"client_id": client.client_id, "request_uri": uri, **parameters}
    with published(texts):
        return r.take(label, realm.browser().get(realm.endpoint("auth"), params))


def probe_where_it_is(r):
    realm = r.realm("references")
    good = request_object(realm, REFERRING)
    digest = b64(hashlib.sha256(good.encode()).digest())
    ask(r, "registered", REFERRING, f"{BASE}/exact")
    ask(r, "with the code flow's parameters", REFERRING, f"{BASE}/exact", response_type="code", scope="openid")
    ask(r, "another path", REFERRING, f"{BASE}/other")
    ask(r, "below a wildcard", REFERRING, f"{BASE}/wild/one")
    ask(r, "with a query", REFERRING, f"{BASE}/with?query=1")
    ask(r, "with another query", REFERRING, f"{BASE}/with?query=2")
    ask(r, "another host", REFERRING, f"http://localhost:{PORT}/exact")
    ask(r, "a client without addresses", UNREGISTERED, f"{BASE}/exact")
    ask(r, "nothing there", REFERRING, f"{BASE}/missing")
    ask(r, "a redirect", REFERRING, f"{BASE}/moved")
    ask(r, "a fragment", REFERRING, f"{BASE}/exact#{digest}", {"/exact": good})
    ask(r, "empty", REFERRING, "", response_type="code", redirect_uri=CALLBACK, scope="openid")
    ask(r, "not an address", REFERRING, "exact")
    ask(r, "pushed, but unknown", REFERRING, "urn:ietf:params:oauth:request_uri:unknown")
    ask(r, "both", REFERRING, f"{BASE}/exact", request=request_object(realm, REFERRING))
    ask(r, "twice", REFERRING, [f"{BASE}/exact", f"{BASE}/exact"])


def probe_what_is_there(r):
    realm, uri = r.realm("references"), f"{BASE}/exact"
    ask(r, "garbage", REFERRING, uri, {"/exact": "garbage"})
    ask(r, "nothing", REFERRING, uri, {"/exact": ""})
    ask(r, "white space around", REFERRING, uri, {"/exact": f"\n{request_object(realm, REFERRING)}\n"})
    ask(r, "another secret", REFERRING, uri, {"/exact": request_object(realm, REFERRING, secret=ONLY_VALUE.secret)})
    ask(r, "of another client", REFERRING, uri, {"/exact": request_object(realm, REFERRING, client_id="only-value")})
    ask(r, "another redirect URI", REFERRING, uri, {"/exact": request_object(realm, REFERRING, redirect_uri="http://localhost:1/x")})
    ask(r, "no response type", REFERRING, uri, {"/exact": request_object(realm, REFERRING, response_type=None)})


def probe_how_it_has_to_be(r):
    realm = r.realm("references")
    ask(r, "by reference alone", ONLY_REFERENCE, f"{BASE}/exact")
    ask(r, "by value alone", ONLY_VALUE, f"{BASE}/exact")
    for label, client in (("value where a reference has to be", ONLY_REFERENCE), ("value where it has to be", ONLY_VALUE)):
        params = {"client_id": client.client_id, "request": request_object(realm, client)}
        r.take(label, realm.browser().get(realm.endpoint("auth"), params))


def probe_a_login(r):
    realm, browser = r.realm("references"), r.realm("references").browser()
    with published({"/exact": request_object(realm, REFERRING, scope="openid email")}):
        page = browser.get(realm.endpoint("auth"), {"client_id": "referring", "request_uri": f"{BASE}/exact", "state": "x"})
    answer = browser.submit(page.page.form("kc-form-login"), username="rita", password="rita-password")
    r.take("answer", answer)
    r.take("tokens", realm.code(REFERRING, callback_of(answer)["code"]))
