#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An MCP server is protected (RFC 9728); its authorization server's metadata has no `registration_endpoint`, which RFC 8414
# calls OPTIONAL. What does the Python SDK's client do that has no client id yet?
#
# Expected: it says that this server registers nobody, and sends nothing more.
# Seen with mcp 2.3.0: it sends its registration (name, redirect URIs) by POST to /register of the protected server, which
# never named such an address, not to the authorization server.
# For us: a guarded API sees POST /register from such clients; 404 is the right answer, and what ends the login with words.
#
# PyPI mcp 2.3.0, with the httpx2 that it brings.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install mcp==2.3.0
cat >client.py <<'PY'
import asyncio, json, logging, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

logging.disable(logging.CRITICAL)
asked = []


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        asked.append((self.server.name, self.command, self.path))
        status, body, fields = self.server.reply(self.command, self.path)
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_HEAD = answer

    def log_message(self, *args):
        pass


def serve(name):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.name = name
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


api, issuer = serve("api"), serve("issuer")


def api_reply(method, path):
    if path.startswith("/.well-known/oauth-protected-resource"):
        return 200, {"resource": api.url + "/mcp", "authorization_servers": [issuer.url]}, {}
    if path == "/mcp":
        return 401, {}, {"WWW-Authenticate":
                         f'Bearer resource_metadata="{api.url}/.well-known/oauth-protected-resource/mcp"'}
    return 404, {}, {}


def issuer_reply(method, path):
    if path.startswith("/.well-known/oauth-authorization-server"):
        return 200, {"issuer": issuer.url, "authorization_endpoint": issuer.url + "/auth",
                     "token_endpoint": issuer.url + "/token", "response_types_supported": ["code"],
                     "code_challenge_methods_supported": ["S256"]}, {}
    return 404, {}, {}


api.reply, issuer.reply = api_reply, issuer_reply

import httpx2
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import OAuthClientMetadata


class Storage:
    async def get_tokens(self): return None
    async def set_tokens(self, tokens): pass
    async def get_client_info(self): return None
    async def set_client_info(self, info): pass


async def never(*args):
    raise RuntimeError("a browser was opened")


async def main():
    provider = OAuthClientProvider(
        server_url=api.url + "/mcp", storage=Storage(), redirect_handler=never, callback_handler=never,
        client_metadata=OAuthClientMetadata(client_name="finding", redirect_uris=["http://localhost:9/callback"]))
    async with httpx2.AsyncClient(auth=provider) as client:
        try:
            await client.post(api.url + "/mcp", json={})
        except Exception as error:
            print("ended with", type(error).__name__)


asyncio.run(main())
for name, method, path in asked:
    if method == "POST" and path != "/mcp":
        print(name, "got", method, path)
PY
v/bin/python -W ignore client.py >seen 2>err || { cat err; exit 1; }
cat >expected <<'TEXT'
ended with OAuthRegistrationError
api got POST /register
TEXT
cat seen
diff expected seen
