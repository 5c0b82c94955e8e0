#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program is an MCP client by one of the SDKs. Its user has signed in once; the SDK has an access token and a refresh token, and the
# program keeps both as the SDK gives them. Then the access token comes to its end: it is over by the clock, or the server refuses it
# before (401, invalid_token), as after a new key, or because its clock is ahead by the moment that a request takes. Each is seen in the
# program that runs, and in one that is started again with what was kept. The refresh token is good all the while.
#
# Expected: the client refreshes (RFC 6749 §1.5, step G follows on "Invalid Token Error"), and the user sees nothing.
# Seen: so does @modelcontextprotocol/sdk for TypeScript alone. The SDKs for Python and Go refresh by the clock and never because of a
# 401: that is where they send the user to the browser, beside a good refresh token. The one for Python reads no end of a token that was
# kept, so that each start of a program after five minutes (Keycloak's accessTokenLifespan) is a new login. fastmcp knows the end by then,
# but not where the realm is: it asks /token of the MCP server, which has none, gives the refresh token up, and opens the browser.
# What runs where there is no browser stops.
# For us: docs/usage/provider-programs.md says which clients want longer tokens.
#
# PyPI mcp 2.3.0 and fastmcp 4.2.3; npm @modelcontextprotocol/sdk 1.32.2; Go github.com/modelcontextprotocol/go-sdk 1.8.0.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

cat >server.py <<'PY'
# An MCP server and its authorization server, a realm at /realms/shop. GET /life/N: tokens live N seconds from now on. GET /end: those that
# are out are good no more, as after a new key. GET /seen: what was asked since the last time. The refresh token is good all the while.
import http.server
import json
import time
import urllib.parse

seen = []
ends = {}
life = 300


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global life
        path = urllib.parse.urlsplit(self.path).path
        here = "http://" + self.headers["Host"]
        if path.startswith("/life/"):
            life = int(path[6:])
            return self.answer(200, {})
        if path == "/opened":
            seen.append("BROWSER")
            return self.answer(200, {})
        if path == "/end":
            ends.clear()
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
            return self.mcp()
        self.answer(404, {})

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        path = urllib.parse.urlsplit(self.path).path
        if path == "/mcp":
            return self.mcp(json.loads(text))
        form = dict(urllib.parse.parse_qsl(text))
        if path.endswith("/shop/token"):
            seen.append(form["grant_type"].split("_")[-1])
            token = f"t{time.monotonic_ns()}"
            ends[token] = time.time() + life
            told = {"access_token": token, "token_type": "Bearer", "expires_in": life, "refresh_token": "r", "scope": "tools"}
            return self.answer(200, told)
        seen.append("POST " + path)
        self.answer(404, {})

    def mcp(self, asked=None):
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if ends.get(token, 0) < time.time():
            seen.append("refused" if token else "no token")
            where = f"http://{self.headers['Host']}/.well-known/oauth-protected-resource/mcp"
            how = f'Bearer resource_metadata="{where}", error="invalid_token"'
            return self.answer(401, {"error": "invalid_token"}, {"WWW-Authenticate": how})
        if asked is None:
            return self.answer(405, {})
        if asked.get("method") == "initialize":
            seen.append("in")
            told = {"protocolVersion": asked["params"]["protocolVersion"], "capabilities": {}}
            told["serverInfo"] = {"name": "server", "version": "1"}
            return self.answer(200, {"jsonrpc": "2.0", "id": asked["id"], "result": told})
        if "id" in asked:
            return self.answer(200, {"jsonrpc": "2.0", "id": asked["id"], "result": {}})
        self.answer(202, None)

    def do_DELETE(self):
        self.answer(204, None)

    def answer(self, status, document, fields=()):
        text = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        for name, value in dict(fields).items():
            self.send_header(name, value)
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

python3 -m venv v
v/bin/pip -q install --no-compile mcp==2.3.0 fastmcp==4.2.3 httpx2==2.16.2
cat >ask.py <<'PY'
import asyncio
import json
import sys
import time
import urllib.parse
import urllib.request

import fastmcp.client.auth.oauth
import httpx2
from key_value.aio.stores.memory import MemoryStore
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata

HERE = sys.argv[1]
ASK = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "program", "version": "1"}}
opened = []


def get(path):
    with urllib.request.urlopen(HERE + path) as answer:
        return json.load(answer)


class Kept:
    tokens = None
    client = OAuthClientInformationFull(client_id="program", redirect_uris=["http://127.0.0.1:9/back"], token_endpoint_auth_method="none",
                                        issuer=HERE + "/realms/shop")

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
    urllib.request.urlopen(HERE + "/opened").read()


async def back():
    return AuthorizationCodeResult(code="c", state=opened[-1]["state"])


class FastMCP(fastmcp.client.auth.oauth.OAuth):
    async def redirect_handler(self, address):
        await page(address)

    async def callback_handler(self):
        return await back()


def sdk(kept):
    what = {"client_name": "program", "redirect_uris": ["http://127.0.0.1:9/back"], "grant_types": ["authorization_code", "refresh_token"]}
    return OAuthClientProvider(HERE + "/mcp", OAuthClientMetadata(**what), kept, page, back)


def fast(kept):
    return FastMCP(HERE + "/mcp", client_id="program", token_storage=kept)


async def ask(provider):
    async with httpx2.AsyncClient(auth=provider) as client:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": ASK}
        return await client.post(HERE + "/mcp", json=asked, headers={"MCP-Protocol-Version": "2025-06-18"})


async def main():
    for name, make, store in (("mcp", sdk, Kept), ("fastmcp", fast, MemoryStore)):
        for how in ("over while it runs", "over, started again", "refused while it runs", "refused, started again"):
            kept = store()
            over = how.startswith("over")
            get("/life/2" if over else "/life/300")
            provider = make(kept)
            await ask(provider)
            get("/seen")
            if over:
                time.sleep(3)
                get("/life/300")
            else:
                get("/end")
            await ask(provider if how.endswith("runs") else make(kept))
            print(f"{name}, {how}:", ", ".join(get("/seen")))


asyncio.run(main())
PY
v/bin/python -W ignore ask.py "$here" >seen 2>log || { cat log; exit 1; }

npm init -y >/dev/null
npm install --silent --no-audit --no-fund @modelcontextprotocol/sdk@1.32.2 2>/dev/null
cat >ask.mjs <<'JS'
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const here = process.argv[2];
const get = async (path) => (await fetch(here + path)).json();
const redirectUrl = 'http://127.0.0.1:9/back';

// A program that keeps what the SDK gives it.
const program = (kept) => {
  const authProvider = {
    redirectUrl,
    clientMetadata: { redirect_uris: [redirectUrl], client_name: 'program' },
    clientInformation: () => kept.client,
    saveClientInformation: (client) => { kept.client = client; },
    tokens: () => kept.tokens,
    saveTokens: (tokens) => { kept.tokens = tokens; },
    redirectToAuthorization: () => get('/opened'),
    saveCodeVerifier: (verifier) => { kept.verifier = verifier; },
    codeVerifier: () => kept.verifier,
  };
  return async () => {
    const transport = () => new StreamableHTTPClientTransport(new URL(here + '/mcp'), { authProvider });
    const first = transport();
    const client = () => new Client({ name: 'program', version: '1' });
    try {
      await client().connect(first);
    } catch (error) {
      if (error.constructor.name !== 'UnauthorizedError') throw error;
      await first.finishAuth('c');
      await client().connect(transport());
    }
  };
};
for (const how of ['over while it runs', 'over, started again', 'refused while it runs', 'refused, started again']) {
  const kept = { client: { client_id: 'program', issuer: `${here}/realms/shop` } };
  const over = how.startsWith('over');
  await get(over ? '/life/2' : '/life/300');
  const ask = program(kept);
  await ask();
  await get('/seen');
  if (over) await new Promise((done) => setTimeout(done, 3000));
  await get(over ? '/life/300' : '/end');
  await (how.endsWith('runs') ? ask : program(kept))();
  console.log(`@modelcontextprotocol/sdk, ${how}: ${(await get('/seen')).join(', ')}`);
}
process.exit();
JS
node ask.mjs "$here" >>seen 2>log || { cat log; exit 1; }

cat >go.mod <<'GO'
module ask

go 1.25

require (
	github.com/modelcontextprotocol/go-sdk v1.8.0
	golang.org/x/oauth2 v0.38.0
)
GO
cat >ask.go <<'GO'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
	"golang.org/x/oauth2"
)

var here = os.Args[1]

func get(path string) (seen []string) {
	answer, err := http.Get(here + path)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	json.NewDecoder(answer.Body).Decode(&seen)
	return
}

// program is one that keeps its token and the token source's configuration.
func program(kept *oauth2.Token, config *oauth2.Config) *auth.AuthorizationCodeHandler {
	told := &auth.AuthorizationCodeHandlerConfig{
		PreregisteredClient: &oauthex.ClientCredentials{ClientID: "program", Issuer: here + "/realms/shop"},
		RedirectURL:         "http://127.0.0.1:9/back",
		AuthorizationCodeFetcher: func(_ context.Context, args *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
			get("/opened")
			asked, err := url.Parse(args.URL)
			return &auth.AuthorizationResult{Code: "c", State: asked.Query().Get("state")}, err
		},
		NewTokenSource: func(ctx context.Context, c *oauth2.Config, token *oauth2.Token) (oauth2.TokenSource, error) {
			*kept, *config = *token, *c
			return c.TokenSource(ctx, token), nil
		},
	}
	if kept.AccessToken != "" {
		told.InitialTokenSource = config.TokenSource(context.Background(), kept)
	}
	handler, err := auth.NewAuthorizationCodeHandler(told)
	if err != nil {
		panic(err)
	}
	return handler
}

func ask(handler *auth.AuthorizationCodeHandler) {
	client := mcp.NewClient(&mcp.Implementation{Name: "program", Version: "1"}, nil)
	_, err := client.Connect(context.Background(), &mcp.StreamableClientTransport{Endpoint: here + "/mcp", OAuthHandler: handler}, nil)
	if err != nil {
		panic(err)
	}
}

func main() {
	for _, how := range []string{"over while it runs", "over, started again", "refused while it runs", "refused, started again"} {
		over := strings.HasPrefix(how, "over")
		get(map[bool]string{true: "/life/2", false: "/life/300"}[over])
		kept, config := &oauth2.Token{}, &oauth2.Config{}
		handler := program(kept, config)
		ask(handler)
		get("/seen")
		if over {
			time.Sleep(3 * time.Second)
			get("/life/300")
		} else {
			get("/end")
		}
		if strings.HasSuffix(how, "again") {
			handler = program(kept, config)
		}
		ask(handler)
		fmt.Printf("go-sdk, %s: %s\n", how, strings.Join(get("/seen"), ", "))
	}
}
GO
export GOPATH=$work/go
go mod tidy >/dev/null 2>&1
go build -o ask .
./ask "$here" >>seen
cat seen
diff - seen <<'TEXT'
mcp, over while it runs: token, in
mcp, over, started again: refused, BROWSER, code, in
mcp, refused while it runs: refused, BROWSER, code, in
mcp, refused, started again: refused, BROWSER, code, in
fastmcp, over while it runs: token, in
fastmcp, over, started again: POST /token, no token, BROWSER, code, in
fastmcp, refused while it runs: refused, BROWSER, code, in
fastmcp, refused, started again: refused, BROWSER, code, in
@modelcontextprotocol/sdk, over while it runs: refused, token, in
@modelcontextprotocol/sdk, over, started again: refused, token, in
@modelcontextprotocol/sdk, refused while it runs: refused, token, in
@modelcontextprotocol/sdk, refused, started again: refused, token, in
go-sdk, over while it runs: token, in
go-sdk, over, started again: token, in
go-sdk, refused while it runs: refused, BROWSER, code, in
go-sdk, refused, started again: refused, BROWSER, code, in
TEXT
