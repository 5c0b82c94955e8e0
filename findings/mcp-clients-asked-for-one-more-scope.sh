#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program is an MCP client by one of the SDKs. Listing an MCP server's tools takes the scope "read", calling one takes "write". Its user
# signs in with "read"; then it calls a tool, and the server answers 403, insufficient_scope, with the scope that the call takes (RFC 6750
# §3.1, and MCP's authorization of 2026-07-28: the client adds it to what it has). Then it lists the tools and calls one again.
#
# Expected: the browser once more, for both scopes; then all three go through, with a refresh token or without.
# Seen: so do @modelcontextprotocol/client 2.4.0 and mcp for Python. @modelcontextprotocol/sdk 1.32.2 asks for "write" alone, and so loses
# "read": the user is sent to the browser at every other request. Where it has a refresh token it never sends anybody to the browser: it
# refreshes, gets the scope it had, and fails with "Server returned 403 after trying upscoping". @ai-sdk/mcp 2.0.99 does nothing about a 403.
# For us: the guard's challenge names what the route asks for alone, as the specification has it; docs/usage/provider-programs.md says what
# to do with clients of the older SDK.
#
# npm @modelcontextprotocol/sdk 1.32.2, @modelcontextprotocol/client 2.4.0 and @ai-sdk/mcp 2.0.99; PyPI mcp 2.3.0.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cat >server.py <<'PY'
# An MCP server whose tools are listed with the scope "read" and called with "write", and its authorization server, a realm at /realms/shop,
# whose user grants what is asked. GET /refresh/1: it gives refresh tokens from now on. GET /opened?scope=: what the browser is sent with.
# GET /seen: what happened since the last time.
import http.server
import json
import urllib.parse

seen = []
scopes = {}
asked = ""
refreshes = True


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global asked, refreshes
        path, _, query = self.path.partition("?")
        here = "http://" + self.headers["Host"]
        if path.startswith("/refresh/"):
            refreshes = path.endswith("1")
            scopes.clear()
            return self.answer(200, {})
        if path == "/opened":
            asked = urllib.parse.parse_qs(query)["scope"][0]
            seen.append(f"browser for {' and '.join(sorted(asked.split()))}")
            return self.answer(200, {})
        if path == "/seen":
            told, seen[:] = list(seen), []
            return self.answer(200, told)
        if path.startswith("/.well-known/oauth-protected-resource"):
            return self.answer(200, {"resource": here + "/mcp", "authorization_servers": [here + "/realms/shop"]})
        if path in ("/.well-known/oauth-authorization-server/realms/shop", "/realms/shop/.well-known/openid-configuration"):
            issuer = here + "/realms/shop"
            told = {"issuer": issuer, "jwks_uri": issuer + "/certs", "response_types_supported": ["code"]}
            told |= {"authorization_endpoint": issuer + "/auth", "token_endpoint": issuer + "/token", "subject_types_supported": ["public"]}
            told |= {"grant_types_supported": ["authorization_code", "refresh_token"], "code_challenge_methods_supported": ["S256"]}
            told |= {"id_token_signing_alg_values_supported": ["RS256"], "token_endpoint_auth_methods_supported": ["none"]}
            return self.answer(200, told)
        if path == "/mcp":
            return self.mcp({"method": "stream"})
        self.answer(404, {})

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        if self.path == "/mcp":
            return self.mcp(json.loads(text))
        form = dict(urllib.parse.parse_qsl(text))
        old = scopes.pop(form.get("refresh_token"), None)
        scope = asked if form["grant_type"] == "authorization_code" else old
        if form["grant_type"] == "refresh_token":
            seen.append("refresh")
        token = f"t{len(scopes)}"
        scopes[token] = scope
        told = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": scope}
        if refreshes:
            scopes["r" + token] = scope
            told["refresh_token"] = "r" + token
        self.answer(200, told)

    def mcp(self, message):
        method = message["method"]
        wanted = "write" if method == "tools/call" else "read"
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        meta = f'resource_metadata="http://{self.headers["Host"]}/.well-known/oauth-protected-resource/mcp"'
        if token not in scopes:
            return self.answer(401, {}, f'Bearer {meta}, error="invalid_token", scope="read"')
        if wanted not in scopes[token].split():
            seen.append(f"403 {wanted}")
            return self.answer(403, {}, f'Bearer {meta}, error="insufficient_scope", scope="{wanted}"')
        if method == "stream":
            return self.answer(405, {})
        if "id" not in message:
            return self.answer(202, None)
        result = {"tools": []}
        if method == "initialize":
            result = {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}}}
            result["serverInfo"] = {"name": "server", "version": "1"}
        elif method == "tools/call":
            result = {"content": [{"type": "text", "text": "done"}]}
        if method.startswith("tools"):
            seen.append(method)
        self.answer(200, {"jsonrpc": "2.0", "id": message["id"], "result": result})

    def do_DELETE(self):
        self.answer(204, None)

    def answer(self, status, document, challenge=None):
        text = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
python3 server.py >address &
pid=$!
until [ -s address ]; do sleep 0.1; done
here=$(cat address)

npm init -y >/dev/null
npm install --silent --no-audit --no-fund @modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/client@2.4.0 @ai-sdk/mcp@2.0.99 2>/dev/null
cat >step.mjs <<'JS'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { createMCPClient, auth } from '@ai-sdk/mcp';
import * as next from '@modelcontextprotocol/client';

const here = process.argv[2];
const get = async (path) => (await fetch(here + path)).json();
const redirectUrl = 'http://127.0.0.1:9/back';
const provider = () => {
  const kept = { client: { client_id: 'program', issuer: `${here}/realms/shop` } };
  return {
    redirectUrl,
    clientMetadata: { redirect_uris: [redirectUrl], client_name: 'program', grant_types: ['authorization_code', 'refresh_token'] },
    clientInformation: () => kept.client,
    saveClientInformation: (client) => { kept.client = client; },
    tokens: () => kept.tokens,
    saveTokens: (tokens) => { kept.tokens = tokens; },
    invalidateCredentials: () => { kept.tokens = undefined; },
    redirectToAuthorization: (address) => get(`/opened?scope=${encodeURIComponent(address.searchParams.get('scope'))}`),
    saveCodeVerifier: (verifier) => { kept.verifier = verifier; },
    codeVerifier: () => kept.verifier,
    authorizationServerInformation: () => kept.server,
    saveAuthorizationServerInformation: (server) => { kept.server = server; },
  };
};
const again = async (finish, ask) => {
  try { return await ask(); } catch (error) {
    if (error.constructor.name !== 'UnauthorizedError') throw error;
    await finish();
    return ask();
  }
};
const ofSdk = (Transport, Program) => async (authProvider) => {
  let transport; let client;
  const connect = async () => {
    transport = new Transport(new URL(here + '/mcp'), { authProvider });
    client = new Program({ name: 'program', version: '1' });
    await client.connect(transport);
  };
  const finish = () => transport.finishAuth('c');
  await again(finish, connect);
  const call = () => client.callTool({ name: 't' });
  for (const ask of [call, () => client.listTools(), call]) await again(finish, ask);
};
const programs = {
  '@modelcontextprotocol/sdk': ofSdk(StreamableHTTPClientTransport, Client),
  '@modelcontextprotocol/client': ofSdk(next.StreamableHTTPClientTransport, next.Client),
  async '@ai-sdk/mcp'(authProvider) {
    let client;
    const connect = async () => { client = await createMCPClient({ transport: { type: 'http', url: here + '/mcp', authProvider } }); };
    const finish = () => auth(authProvider, { serverUrl: here + '/mcp', authorizationCode: 'c' });
    await again(finish, connect);
    const call = () => client.callTool({ name: 't' });
    for (const ask of [call, () => client.listTools(), call]) await again(finish, ask);
  },
};
for (const [name, program] of Object.entries(programs)) {
  for (const refresh of [0, 1]) {
    await get(`/refresh/${refresh}`);
    let end = '';
    try { await program(provider()); } catch (error) { end = `; ${error.message}`; console.error(error); }
    console.log(`${name}, ${refresh ? 'with' : 'without'} a refresh token: ${(await get('/seen')).join(', ')}${end}`);
  }
}
process.exit();
JS
node step.mjs "$here" >seen 2>log || { cat log; exit 1; }

python3 -m venv v
v/bin/pip -q install --no-compile mcp==2.3.0 httpx2==2.16.2
cat >ask.py <<'PY'
import asyncio
import json
import sys
import urllib.parse
import urllib.request

import httpx2
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata

HERE = sys.argv[1]
START = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "program", "version": "1"}}
BACK = ["http://127.0.0.1:9/back"]
opened = []


def get(path):
    with urllib.request.urlopen(HERE + path) as answer:
        return json.load(answer)


class Kept:
    tokens = None
    client = OAuthClientInformationFull(client_id="program", redirect_uris=BACK, token_endpoint_auth_method="none", issuer=HERE + "/realms/shop")

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def page(address):
    opened.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query)))
    get("/opened?" + urllib.parse.urlencode({"scope": opened[-1]["scope"]}))


async def back():
    return AuthorizationCodeResult(code="c", state=opened[-1]["state"])


async def main():
    for refresh in (0, 1):
        get(f"/refresh/{refresh}")
        what = OAuthClientMetadata(client_name="program", redirect_uris=BACK, grant_types=["authorization_code", "refresh_token"])
        async with httpx2.AsyncClient(auth=OAuthClientProvider(HERE + "/mcp", what, Kept(), page, back)) as client:
            for method in ("initialize", "tools/call", "tools/list", "tools/call"):
                asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": START}
                await client.post(HERE + "/mcp", json=asked, headers={"MCP-Protocol-Version": "2025-06-18"})
        print(f"mcp, {'with' if refresh else 'without'} a refresh token:", ", ".join(get("/seen")))


asyncio.run(main())
PY
v/bin/python -W ignore ask.py "$here" >>seen 2>log || { cat log; exit 1; }
cat seen
diff - seen <<'TEXT'
@modelcontextprotocol/sdk, without a refresh token: browser for read, 403 write, browser for write, tools/call, 403 read, browser for read, tools/list, 403 write, browser for write, tools/call
@modelcontextprotocol/sdk, with a refresh token: browser for read, 403 write, refresh, 403 write; Streamable HTTP error: Server returned 403 after trying upscoping
@modelcontextprotocol/client, without a refresh token: browser for read, 403 write, browser for read and write, tools/call, tools/list, tools/call
@modelcontextprotocol/client, with a refresh token: browser for read, 403 write, browser for read and write, tools/call, tools/list, tools/call
@ai-sdk/mcp, without a refresh token: browser for read, 403 write; MCP HTTP Transport Error: POSTing to endpoint (HTTP 403): {}
@ai-sdk/mcp, with a refresh token: browser for read, 403 write; MCP HTTP Transport Error: POSTing to endpoint (HTTP 403): {}
mcp, without a refresh token: browser for read, 403 write, browser for read and write, tools/call, tools/list, tools/call
mcp, with a refresh token: browser for read, 403 write, browser for read and write, tools/call, tools/list, tools/call
TEXT
