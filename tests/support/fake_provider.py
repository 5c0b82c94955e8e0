# SPDX-License-Identifier: Apache-2.0
"""An identity provider in the test's own hands: it logs in whoever comes, and misbehaves when told to.

Our own provider is tested elsewhere; this one can do what a good one never does.
"""

import base64
import hashlib
import http.server
import json
import secrets
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from rsa_keys import rsa_key

CLIENT = "myapi"
SECRET = "myapi-secret"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    def __init__(self, kid):
        self.kid = kid
        self.private = rsa_key()

    def jwk(self):
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": b64(numbers.n.to_bytes(256, "big")),
            "e": b64(numbers.e.to_bytes(3, "big")),
        }

    def sign(self, claims, **header):
        parts = [{"alg": "RS256", "typ": "JWT", "kid": self.kid, **header}, claims]
        text = ".".join(b64(json.dumps(part).encode()) for part in parts)
        return text + "." + b64(self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))


class FakeProvider:
    """Usable in a with statement. What is set on it holds for the requests that follow."""

    def __init__(self):
        self.key = Key("first")
        self.published = [self.key]
        self.handler = None
        self.reset()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.base = f"http://localhost:{self._server.server_port}"
        self.issuer = f"{self.base}/realms/fake"

    def reset(self):
        self.calls = []  # (method, endpoint, parameters, headers)
        self.subject = "alice-id"
        self.lifetime = 300
        self.named = None  # the issuer that the discovery document names, if another
        self.audience = "myapi"
        self.access_claims = {}
        self.id_claims = {}
        self.id_token_key = None
        self.error = None  # what auth sends back instead of a code
        self.error_state = None  # a state to send back instead of the one that came
        self.issuer_in_callback = None
        self.token_answer = None  # (status, body) instead of tokens
        self.token_delay = 0
        self.rotate = True
        self.pad = 0
        self.opaque = False  # access tokens say nothing by themselves
        self.told = {}  # {opaque token: what introspection says}
        self.clients = {CLIENT: SECRET}  # or the public key (as cryptography has it) of private_key_jwt
        self.codes = {}
        self.refresh_tokens = {}  # each with the client that it was given to

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def count(self, endpoint):
        return sum(1 for call in self.calls if call[1] == endpoint)

    # ---- tokens ----

    def access_token(self, **claims):
        now = int(time.time())
        said = {
            **{"iss": self.issuer, "aud": self.audience, "sub": self.subject, "typ": "Bearer"},
            **{"azp": CLIENT, "exp": now + self.lifetime, "iat": now, "jti": secrets.token_hex(8)},
            **{"scope": "openid profile", "pad": "x" * self.pad},
            **self.access_claims,
            **claims,
        }
        if not self.opaque:
            return self.key.sign(said)
        token = secrets.token_urlsafe(32)
        self.told[token] = {"active": True, **said}
        return token

    def id_token(self, nonce=None, client=CLIENT):
        now = int(time.time())
        claims = {
            **{"iss": self.issuer, "aud": client, "sub": self.subject, "typ": "ID"},
            **{"exp": now + 300, "iat": now, "azp": client, **({"nonce": nonce} if nonce else {})},
            **self.id_claims,
        }
        return (self.id_token_key or self.key).sign(claims)

    def tokens(self, nonce=None, client=CLIENT):
        refresh = secrets.token_urlsafe(32)
        self.refresh_tokens[refresh] = client
        return {
            "access_token": self.access_token(**({} if client == CLIENT else {"azp": client})),
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "refresh_token": refresh,
            "refresh_expires_in": 1800,
            "id_token": self.id_token(nonce, client),
        }

    # ---- endpoints: each returns (status, headers, body) ----

    def discovery(self, _):
        base = f"{self.issuer}/protocol"
        return _json(
            200,
            {
                "issuer": self.named or self.issuer,
                "authorization_endpoint": f"{base}/auth",
                "token_endpoint": f"{base}/token",
                "end_session_endpoint": f"{base}/logout",
                "jwks_uri": f"{base}/certs",
                "introspection_endpoint": f"{base}/introspect",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            },
        )

    def certs(self, _):
        return _json(200, {"keys": [key.jwk() for key in self.published]})

    def auth(self, query):
        answer = {"state": self.error_state or query["state"]}
        if self.issuer_in_callback:
            answer["iss"] = self.issuer_in_callback
        if self.error:
            answer["error"] = self.error
        else:
            answer["code"] = secrets.token_urlsafe(24)
            self.codes[answer["code"]] = query
        return 302, {"Location": f"{query['redirect_uri']}?{urllib.parse.urlencode(answer)}"}, b""

    def token(self, form, headers):
        time.sleep(self.token_delay)
        if self.token_answer:
            return _json(*self.token_answer)
        client = self._client(form, headers)
        if client is None:
            return _json(401, {"error": "invalid_client"})
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form, client)
        asked = self.codes.pop(form.get("code"), None)
        if not asked or asked["client_id"] != client or asked["redirect_uri"] != form["redirect_uri"]:
            return _json(400, {"error": "invalid_grant"})
        if b64(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]:
            return _json(400, {"error": "invalid_grant", "error_description": "PKCE"})
        return _json(200, self.tokens(asked["nonce"], client))

    def _client(self, form, headers):
        """Who asks, by what has been proven; else None."""
        for client, proof in self.clients.items():
            if not isinstance(proof, str):
                if self._is_signed(form, client, proof):
                    return client
            elif headers.get("Authorization") == "Basic " + base64.b64encode(f"{client}:{proof}".encode()).decode():
                return client
        return None

    def _is_signed(self, form, client, key):
        if form.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
            return False
        signed, signature = form["client_assertion"].rsplit(".", 1)
        claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
        if (claims["iss"], claims["sub"], claims["aud"], form["client_id"]) != (client, client, self.issuer, client):
            return False
        key.verify(base64.urlsafe_b64decode(signature + "=="), signed.encode())  # Ed25519
        return time.time() < claims["exp"] < time.time() + 300

    def _refresh(self, form, client):
        token = form["refresh_token"]
        if self.refresh_tokens.get(token) != client:
            return _json(400, {"error": "invalid_grant"})
        if self.rotate:
            del self.refresh_tokens[token]
        return _json(200, self.tokens(client=client))

    def introspect(self, form):
        return _json(200, self.told.get(form["token"], {"active": False}))

    def logout(self, query):
        return 302, {"Location": query["post_logout_redirect_uri"]}, b""


def _json(status, body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, {"Content-Type": "application/json"}, data


def _handler_of(provider):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self, parameters):
            path = urllib.parse.urlsplit(self.path).path
            name = "discovery" if path.endswith("/openid-configuration") else path.rsplit("/", 1)[1]
            provider.calls.append((self.command, name, parameters, dict(self.headers)))
            if name == "token":
                status, headers, body = provider.token(parameters, self.headers)
            else:
                status, headers, body = getattr(provider, name)(parameters)
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.respond(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self.respond(dict(urllib.parse.parse_qsl(body)))

        def log_message(self, *_):
            pass

    return Handler
