#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A page or a service needs three things at once, and the access token is over. There is one refresh token, good for one use: a realm with
# "Revoke Refresh Token", or any server that rotates them and takes a second use for theft (RFC 9700 §4.14.2). Three threads or tasks
# share the library's one session object, client or manager. How often does it refresh?
#
# Expected: once; the other two wait for the answer. A library that refreshes by itself is the one who can know that it is doing so.
# Seen: once with Authlib's asynchronous client, @badgateway/oauth2-client and Go's x/oauth2. Three times, of which two are refused, with
# Authlib's and requests-oauthlib's sessions, Google's credentials, requests_oauth2client, oidc-client-ts and Spring. With
# them the first request is answered, two raise invalid_grant, and the user is signed out by a server that takes the second use for
# theft. Spring forgets the user's tokens over the refusal, also the new ones that the first request has got. Nobody sees it in a
# test that sends one request after the other, nor at a realm as it comes, where a refresh token is good again and again.
# For us: revokeRefreshToken is as Keycloak's; with refresh.token.grace the three have their tokens (docs/usage/provider-protocol.md).
#
# Authlib 1.9.10 (requests 2.32.5, httpx 0.28.1), requests-oauthlib 2.0.0, google-auth 2.63.0, requests_oauth2client 1.8.0;
# @badgateway/oauth2-client 3.3.1, oidc-client-ts 3.5.0; golang.org/x/oauth2 0.38.0; Spring Security 7.1.2.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund @badgateway/oauth2-client@3.3.1 oidc-client-ts@3.5.0
python3 -m venv v
v/bin/pip -q install Authlib==1.9.10 httpx==0.28.1 google-auth==2.63.0 requests==2.32.5 requests-oauthlib==2.0.0 \
    requests_oauth2client==1.8.0

# Of each family (the first part of a path) a refresh token is good once, r1, then r2; whoever comes with an older one ends it. The
# answer takes half a second, so that the three are there together, and a refusal one. The API takes the newest access token.
cat >server.py <<'PY'
import json, threading, time, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock = threading.Lock()
families = {}

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def family(self):
        _, name, what = self.path.split("/")
        return families.setdefault(name, {"newest": 1, "asked": 0, "ended": False}), what

    def do_GET(self):
        with lock:
            family, what = self.family()
        if what == "seen":
            return self.answer(200, f"asked {family['asked']} times, session {'ended' if family['ended'] else 'kept'}")
        self.answer(200 if self.headers["Authorization"] == f"Bearer a{family['newest']}" else 401, {})

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        with lock:
            family, _ = self.family()
            family["asked"] += 1
            good = form["refresh_token"] == f"r{family['newest']}" and not family["ended"]
            family["newest"] += good
            family["ended"] = not good
            number = family["newest"]
        time.sleep(0.5 if good else 1)
        if not good:
            return self.answer(400, {"error": "invalid_grant", "error_description": "Stale token"})
        self.answer(200, {"access_token": f"a{number}", "token_type": "Bearer", "expires_in": 300, "refresh_token": f"r{number}"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
python3 server.py >address 2>log.server &
pid=$!
until [ -s address ]; do sleep 0.1; done
base=$(cat address)

cat >ask.py <<'PY'
import asyncio, datetime, os, sys, threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import requests
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from requests_oauth2client import BearerToken, OAuth2AccessTokenAuth, OAuth2Client
from requests_oauthlib import OAuth2Session

base = sys.argv[1]
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
OVER = {"access_token": "a1", "token_type": "Bearer", "refresh_token": "r1", "expires_at": 1, "expires_in": -10}
PAST = datetime.datetime(2020, 1, 1)

def say(name, answers):
    print(f"{name}: {answers.count(200)} answered, {httpx.get(f'{base}/{name}/seen').json()}")

def threads(name, get):
    start = threading.Barrier(3)

    def one(_):
        start.wait()
        try:
            return get(f"{base}/{name}/items").status_code
        except Exception as error:
            return error

    with ThreadPoolExecutor(3) as pool:
        say(name, list(pool.map(one, range(3))))

threads("authlib", AuthlibSession("app", "s", token_endpoint=f"{base}/authlib/token", token=dict(OVER)).get)
refresh = {"auto_refresh_url": f"{base}/requests-oauthlib/token", "auto_refresh_kwargs": {"client_id": "app", "client_secret": "s"}}
threads("requests-oauthlib", OAuth2Session("app", token=dict(OVER), token_updater=lambda token: None, **refresh).get)
whose = {"client_id": "app", "client_secret": "s"}
credentials = Credentials("a1", refresh_token="r1", token_uri=f"{base}/google-auth/token", expiry=PAST, **whose)
threads("google-auth", AuthorizedSession(credentials).get)
client = OAuth2Client(token_endpoint=f"{base}/requests_oauth2client/token", client_id="app", client_secret="s", testing=True)
token = BearerToken("a1", refresh_token="r1", expires_at=PAST.replace(tzinfo=datetime.timezone.utc))
auth = OAuth2AccessTokenAuth(client, token)
threads("requests_oauth2client", lambda url: requests.get(url, auth=auth))

async def tasks(name):
    async with AsyncOAuth2Client("app", "s", token_endpoint=f"{base}/{name}/token", token=dict(OVER)) as client:
        answers = await asyncio.gather(*(client.get(f"{base}/{name}/items") for _ in range(3)))
        say(name, [answer.status_code for answer in answers])

asyncio.run(tasks("authlib-async"))
PY
v/bin/python -W ignore ask.py "$base" >seen 2>log || cat log

cat >ask.mjs <<'JS'
import { webcrypto } from 'node:crypto'
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from 'oidc-client-ts'

globalThis.crypto ??= webcrypto
globalThis.window = { crypto: globalThis.crypto, sessionStorage: new InMemoryWebStorage() }
const [base] = process.argv.slice(2)
async function three(name, get) {
  const answers = await Promise.allSettled([0, 1, 2].map(() => get(`${base}/${name}/items`)))
  const good = answers.filter((one) => one.value?.status === 200).length
  console.log(`${name}: ${good} answered, ${await (await fetch(`${base}/${name}/seen`)).json()}`)
}

const client = new OAuth2Client({ server: base, clientId: 'app', clientSecret: 's', tokenEndpoint: '/badgateway/token' })
const stored = () => ({ accessToken: 'a1', refreshToken: 'r1', expiresAt: 1 })
const fetching = new OAuth2Fetch({ client, getStoredToken: stored, getNewToken: () => null, scheduleRefresh: false })
await new Promise((resolve) => setTimeout(resolve, 100)) // it reads the stored one first
await three('badgateway', (address) => fetching.fetch(address))

const store = new WebStorageStateStore({ store: new InMemoryWebStorage() })
const manager = new UserManager({
  authority: base, client_id: 'app', client_secret: 's', redirect_uri: `${base}/back`, automaticSilentRenew: false,
  metadata: { issuer: base, authorization_endpoint: `${base}/auth`, token_endpoint: `${base}/oidc-client-ts/token` },
  userStore: store, stateStore: store,
})
await manager.storeUser(new User({ access_token: 'a1', refresh_token: 'r1', token_type: 'Bearer', expires_at: 1, profile: { sub: 'ann' } }))
await three('oidc-client-ts', async (address) => {
  let user = await manager.getUser()
  if (user.expired) user = await manager.signinSilent()
  return fetch(address, { headers: { authorization: `Bearer ${user.access_token}` } })
})
process.exit()
JS
node --no-deprecation ask.mjs "$base" >>seen

mkdir go
cd go
cat >main.go <<'GO'
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
)

func main() {
	base := os.Args[1] + "/x-oauth2"
	config := oauth2.Config{ClientID: "app", ClientSecret: "s", Endpoint: oauth2.Endpoint{TokenURL: base + "/token"}}
	over := &oauth2.Token{AccessToken: "a1", RefreshToken: "r1", TokenType: "Bearer", Expiry: time.Unix(1, 0)}
	client := config.Client(context.Background(), over)
	var good atomic.Int32
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if answer, err := client.Get(base + "/items"); err == nil && answer.StatusCode == http.StatusOK {
				good.Add(1)
			}
		})
	}
	all.Wait()
	answer, _ := http.Get(base + "/seen")
	var seen string
	json.NewDecoder(answer.Body).Decode(&seen)
	fmt.Printf("x/oauth2: %d answered, %s\n", good.Load(), seen)
}
GO
go mod init findings >/dev/null 2>&1
GOFLAGS=-mod=mod go get golang.org/x/oauth2@v0.38.0 >/dev/null 2>&1
GOFLAGS=-mod=mod go run . "$base" >>../seen
cd ..

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>refresh</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.springframework.security</groupId>
      <artifactId>spring-security-oauth2-client</artifactId><version>7.1.2</version></dependency>
    <dependency><groupId>tools.jackson.core</groupId><artifactId>jackson-databind</artifactId><version>3.0.4</version></dependency>
  </dependencies>
</project>
XML
cat >Ask.java <<'JAVA'
import java.net.URI;
import java.net.http.*;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.*;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.oauth2.client.*;
import org.springframework.security.oauth2.client.registration.*;
import org.springframework.security.oauth2.core.*;

public class Ask {
    public static void main(String[] given) throws Exception {
        String base = given[0] + "/spring";
        var realm = ClientRegistration.withRegistrationId("realm").clientId("app").clientSecret("s")
            .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE).redirectUri(base + "/back")
            .authorizationUri(base + "/auth").tokenUri(base + "/token").build();
        var registrations = new InMemoryClientRegistrationRepository(realm);
        var clients = new InMemoryOAuth2AuthorizedClientService(registrations);
        var manager = new AuthorizedClientServiceOAuth2AuthorizedClientManager(registrations, clients);
        manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder().authorizationCode().refreshToken().build());
        var ann = new TestingAuthenticationToken("ann", "");
        var over = new OAuth2AccessToken(OAuth2AccessToken.TokenType.BEARER, "a1", Instant.ofEpochSecond(1), Instant.ofEpochSecond(2));
        var refresh = new OAuth2RefreshToken("r1", Instant.ofEpochSecond(1));
        clients.saveAuthorizedClient(new OAuth2AuthorizedClient(realm, "ann", over, refresh), ann);
        var http = HttpClient.newHttpClient();
        Callable<Integer> one = () -> {
            var token = manager.authorize(OAuth2AuthorizeRequest.withClientRegistrationId("realm").principal(ann).build()).getAccessToken();
            var request = HttpRequest.newBuilder(URI.create(base + "/items")).header("Authorization", "Bearer " + token.getTokenValue());
            return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
        };
        int good = 0;
        for (var answer : Executors.newFixedThreadPool(3).invokeAll(List.of(one, one, one))) {
            try {
                good += answer.get() == 200 ? 1 : 0;
            } catch (ExecutionException refused) {
                // as the application would see it
            }
        }
        var seen = http.send(HttpRequest.newBuilder(URI.create(base + "/seen")).build(), HttpResponse.BodyHandlers.ofString()).body();
        System.out.println("spring: " + good + " answered, " + seen.replace("\"", ""));
        var left = clients.loadAuthorizedClient("realm", "ann");
        System.out.println("spring afterwards: the user's tokens are " + (left == null ? "gone" : "kept"));
        System.exit(0);
    }
}
JAVA
mvn -q -B dependency:build-classpath -Dmdep.outputFile=classpath >/dev/null
java -cp "$(cat classpath)" Ask.java "$base" 2>/dev/null >>seen

cat seen
cat >expected <<'TEXT'
authlib: 1 answered, asked 3 times, session ended
requests-oauthlib: 1 answered, asked 3 times, session ended
google-auth: 1 answered, asked 3 times, session ended
requests_oauth2client: 1 answered, asked 3 times, session ended
authlib-async: 3 answered, asked 1 times, session kept
badgateway: 3 answered, asked 1 times, session kept
oidc-client-ts: 1 answered, asked 3 times, session ended
x/oauth2: 3 answered, asked 1 times, session kept
spring: 1 answered, asked 3 times, session ended
spring afterwards: the user's tokens are gone
TEXT
diff expected seen
