# SPDX-License-Identifier: Apache-2.0
"""An identity provider in the hands of a test: it keeps to OpenID Connect until it is told otherwise, and then to nothing."""

import base64
import hashlib
import http.server
import json
import threading
import time
import urllib.parse
import uuid

from signer import RsaSigner, b64
from web import query_of

CLIENT, SECRET = "broker", "broker-secret-of-thirty-two-bytes-and-more"


class Upstream:
    """`claims` are of the ID token, beside the usual ones; `userinfo` of userinfo (None: as the ID token); `changes` go over
    both header ("header") and all else of the token answer. What `answers` has for a path is sent in place of the usual."""

    def __init__(self):
        self.signer = RsaSigner("up-1")
        self.codes, self.requests = {}, []
        self.more, self.given = {}, []  # of token answers; and the tokens of all of them
        self.reset()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                self.answer({})

            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                self.answer(dict(urllib.parse.parse_qsl(body)))

            def answer(self, form):
                path = self.path.partition("?")[0]
                outer.requests.append((path, form, dict(self.headers)))
                made = outer.answers.get(path)
                made = made(form) if callable(made) else made
                status, content_type, body = made or outer.usual(path, form, dict(self.headers))
                self.send_response(status)
                for name, value in (("Content-Type", content_type), ("Content-Length", str(len(body)))):
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self, **claims):
        self.claims = {"sub": "up-carol", "preferred_username": "carol", **claims}
        self.userinfo, self.header, self.answers, self.token = None, {}, {}, None

    def config(self, alias="up", mappers=(), provider_id="oidc", **more):
        config = {
            "issuer": self.issuer,
            "authorizationUrl": f"{self.issuer}/authorize",
            "tokenUrl": f"{self.issuer}/token",
            "jwksUrl": f"{self.issuer}/certs",
            "useJwksUrl": "true",
            "validateSignature": "true",
            "clientId": CLIENT,
            "clientSecret": SECRET,
            **more.pop("config", {}),
        }
        config = {name: value for name, value in config.items() if value is not None}
        return {"alias": alias, "providerId": provider_id, "enabled": True, "config": config, **more}

    def usual(self, path, form, headers):
        if path == "/certs":
            return self.json({"keys": [self.signer.jwk(use="sig", alg="RS256")]})
        if path == "/userinfo":
            return self.json(self.userinfo or {**self.claims})
        if path != "/token":
            return 404, "text/plain", b"no such thing"
        if form.get("grant_type") == "refresh_token":
            return self.json(self.kept(self.tokens({}))) if form["refresh_token"] in self.given else self.json({"error": "invalid_grant"}, 400)
        asked = self.codes.pop(form.get("code"), None)
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri") or not fits(asked, form):
            return self.json({"error": "invalid_grant"}, 400)
        return self.json(self.kept(self.tokens(asked)))

    def kept(self, tokens):
        tokens = {name: value for name, value in {**tokens, **self.more}.items() if value is not None}
        self.given += [value for name, value in tokens.items() if name.endswith("_token")]
        return tokens

    def tokens(self, asked):
        access = str(uuid.uuid4())
        return {
            **{"access_token": access, "token_type": "Bearer", "expires_in": 60},
            **{"id_token": self.token(asked) if callable(self.token) else self.id_token(asked, access)},
        }

    def id_token(self, asked, access, **changes):
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked.get("nonce")}
        claims |= {"at_hash": b64(hashlib.sha256(access.encode()).digest()[:16]), "sid": "up-session"}
        claims = {**claims, **self.claims, **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.signer.token({**self.signer.header, **self.header}, claims)

    @staticmethod
    def json(document, status=200):
        return status, "application/json", json.dumps(document).encode()

    def agree(self, location, **changes):
        """Somebody has logged in at the address and agreed: where their browser is sent back to."""
        assert location.startswith(f"{self.issuer}/authorize?"), location
        asked = query_of(location)
        code = str(uuid.uuid4())
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], **changes}
        answer = {name: value for name, value in answer.items() if value is not None}
        return f"{asked['redirect_uri']}?{urllib.parse.urlencode(answer)}"

    def asked(self, path):
        return [(form, headers) for one, form, headers in self.requests if one == path]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def fits(asked, form):
    """The code verifier is that of the challenge (RFC 7636 §4.6)."""
    if "code_challenge" not in asked:
        return "code_verifier" not in form
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def button(page, alias="up"):
    """The address of an identity provider's button."""
    found = [link for link in page.page.links if f"/broker/{alias}/login?" in link]
    assert len(found) == 1, page.text
    return found[0]
