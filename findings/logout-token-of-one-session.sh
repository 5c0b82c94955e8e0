#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A provider tells an application of a logout by a logout token (OpenID Connect Back-Channel Logout 1.0). "sub" alone in it means all
# sessions of the user, "sid" one session (§2.4, §2.6), "sub" beside it or not. Keycloak always sends "sub", and "sid" too as
# long as the client has "Backchannel logout session required", as it comes. Ann is signed in on three devices and logs out on one.
#
# Expected: that device is out, the two others are not; that is what a session is required for.
# Seen: with express-openid-connect and django-pyoidc she is out everywhere: both take "sub" for all sessions, whatever stands beside it.
# express-openid-connect keeps both names as gone until a login takes them off its list, so it depends on who asks when: a device that
# comes while nobody has logged in anew loses its session, one that comes afterwards has it still. A "sid" alone does what was expected
# with the former; no setting of Keycloak sends one. Its answer is 204, and nothing is logged.
# For us: the tokens are as Keycloak's; docs/usage/provider-protocol.md says so. onLogoutToken of express-openid-connect can leave out the sub.
#
# express-openid-connect 3.4.0, express 5.3.0, express-session 1.19.0, jose 6.2.18; django-pyoidc 1.0.13, Django 5.2.19, oic 1.7.0.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund express-openid-connect@3.4.0 express@5.3.0 express-session@1.19.0 jose@6.2.18 >/dev/null
python3 -m venv v
v/bin/pip -q install django-pyoidc==1.0.13 Django==5.2.19 oic==1.7.0

# A provider with what logins and logout tokens take. Who logs in, and in which session, is said beforehand at /next.
cat >provider.mjs <<'JS'
import { createServer } from 'node:http';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

const { privateKey, publicKey } = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
const codes = [];
let issuer, next;
const sign = (typ, claims) => new SignJWT({ iss: issuer, aud: 'app', iat: Math.floor(Date.now() / 1000), ...claims })
  .setExpirationTime('2m').setProtectedHeader({ alg: 'RS256', kid: 'one', typ }).sign(privateKey);
const pages = {
  '/.well-known/openid-configuration': () => ({ issuer, authorization_endpoint: issuer + '/auth', token_endpoint: issuer + '/token',
    userinfo_endpoint: issuer + '/userinfo', jwks_uri: issuer + '/certs', response_types_supported: ['code'],
    subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'], response_modes_supported: ['query'],
    backchannel_logout_supported: true, backchannel_logout_session_supported: true }),
  '/certs': () => ({ keys: [jwk] }),
  '/next': query => (next = Object.fromEntries(query)),
  '/userinfo': (query, body, field) => ({ sub: body.get('access_token') ?? field.split(' ')[1] }),
  '/token': async (query, body) => {
    const login = codes[body.get('code')];
    return { access_token: login.sub, token_type: 'Bearer', expires_in: 300, id_token: await sign('JWT', login) };
  },
  '/logout-token': async query => ({ token: await sign('logout+jwt', { ...Object.fromEntries(query), typ: 'Logout',
    jti: crypto.randomUUID(), events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }) }),
};
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  let text = '';
  for await (const piece of request) text += piece;
  if (pathname === '/auth') {
    const back = new URL(searchParams.get('redirect_uri'));
    const code = codes.push({ ...next, nonce: searchParams.get('nonce') }) - 1;
    back.search = new URLSearchParams({ code, state: searchParams.get('state'), session_state: next.sid });
    return response.writeHead(302, { location: back.href }).end();
  }
  const answer = await pages[pathname](searchParams, new URLSearchParams(text), request.headers.authorization);
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
});
server.listen(0, '127.0.0.1', () => console.log((issuer = 'http://127.0.0.1:' + server.address().port)));
JS
node provider.mjs >issuer &
pid=$!
until [ -s issuer ]; do sleep 0.2; done

cat >express.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import session from 'express-session';
import { auth } from 'express-openid-connect';

const issuer = process.argv[2];
async function application() {
  const app = express();
  const server = createServer(app);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const baseURL = 'http://127.0.0.1:' + server.address().port;
  app.use(auth({ issuerBaseURL: issuer, baseURL, clientID: 'app', clientSecret: 's'.repeat(32), secret: 'k'.repeat(32), authRequired: false,
    authorizationParams: { response_type: 'code', response_mode: 'query', scope: 'openid' },
    backchannelLogout: { store: new session.MemoryStore() } }));
  app.get('/me', (request, response) => response.send(request.oidc.isAuthenticated() ? 'in' : 'out'));
  return baseURL;
}

class Browser {
  cookies = new Map();
  constructor(base) { this.base = base; }
  async get(address) {
    const cookie = [...this.cookies].map(pair => pair.join('=')).join('; ');
    const answer = await fetch(address, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      value ? this.cookies.set(name, value) : this.cookies.delete(name);
    }
    return answer;
  }
  async login(sub, sid) {
    await fetch(`${issuer}/next?sub=${sub}&sid=${sid}`);
    for (let address = this.base + '/login'; address !== this.base; ) {
      const answer = await this.get(address);
      address = answer.headers.get('location');
    }
  }
  async me() { return (await this.get(this.base + '/me')).text(); }
}

for (const claims of ['sub=ann&sid=1', 'sid=1']) {
  const base = await application();
  const [phone, laptop, tablet, bob] = [0, 1, 2, 3].map(() => new Browser(base));
  await phone.login('ann', 1);
  await laptop.login('ann', 2);
  await tablet.login('ann', 3);
  await bob.login('bob', 4);
  const { token } = await (await fetch(`${issuer}/logout-token?${claims}`)).json();
  const { status } = await fetch(base + '/backchannel-logout', { method: 'POST', body: new URLSearchParams({ logout_token: token }) });
  const seen = [status, `phone ${await phone.me()}`, `laptop ${await laptop.me()}`, `bob ${await bob.me()}`];
  console.log(`express-openid-connect, ${claims}: ${seen.join(', ')}`);
  await phone.login('ann', 5);
  console.log(`  phone logs in again: phone ${await phone.me()}, laptop ${await laptop.me()}, tablet ${await tablet.me()}`);
}
process.exit();
JS

cat >pages.py <<'PY'
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.urls import path
from django_pyoidc.helper import OIDCHelper

helper = OIDCHelper(op_name="app")
me = path("me", lambda request: HttpResponse("in" if request.user.is_authenticated else "out"))
urlpatterns = [*helper.get_urlpatterns(), me]


def user_of(client=None, tokens=None):
    user = User.objects.get_or_create(username=tokens["id_token_claims"]["sub"])[0]
    user.backend = "django.contrib.auth.backends.ModelBackend"
    return user
PY
cat >pyoidc.py <<'PY'
import json
import logging
import sys
from http.client import HTTPConnection
from urllib.request import urlopen

import django
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

issuer = sys.argv[1]
settings.configure(
    SECRET_KEY="k" * 50,
    ALLOWED_HOSTS=["testserver"],
    ROOT_URLCONF="pages",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django_pyoidc"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    DJANGO_PYOIDC={
        "app": {
            "provider_discovery_uri": issuer,
            "client_id": "app",
            "client_secret": "s" * 32,
            "use_introspection_on_access_tokens": False,
            "hook_get_user": "pages:user_of",
            "post_login_uri_success": "/me",
        }
    },
)
django.setup()
call_command("migrate", verbosity=0)
logging.disable(logging.CRITICAL)


def login(sub, sid):
    browser = Client()
    urlopen(f"{issuer}/next?sub={sub}&sid={sid}").close()
    provider = HTTPConnection(issuer.removeprefix("http://"))
    provider.request("GET", browser.get(reverse("app-login"))["Location"].removeprefix(issuer))
    browser.get(provider.getresponse().headers["Location"].removeprefix("http://testserver"))
    return browser


claims = "sub=ann&sid=1"
devices = {"phone": login("ann", 1), "laptop": login("ann", 2), "bob": login("bob", 4)}
seen = ["before " + " ".join(browser.get("/me").content.decode() for browser in devices.values())]
token = json.load(urlopen(f"{issuer}/logout-token?{claims}"))["token"]
told = Client().post(reverse("app-backchannel-logout"), f"logout_token={token}", "application/x-www-form-urlencoded")
seen += [f"{told.status_code}", *(f"{name} {browser.get('/me').content.decode()}" for name, browser in devices.items())]
print(f"django-pyoidc, {claims}: " + ", ".join(seen))
PY
{
    node express.mjs "$(cat issuer)"
    v/bin/python pyoidc.py "$(cat issuer)" 2>log || cat log
} >seen
cat seen
cat >expected <<'TEXT'
express-openid-connect, sub=ann&sid=1: 204, phone out, laptop out, bob in
  phone logs in again: phone in, laptop out, tablet in
express-openid-connect, sid=1: 204, phone out, laptop in, bob in
  phone logs in again: phone in, laptop in, tablet in
django-pyoidc, sub=ann&sid=1: before in in in, 200, phone out, laptop out, bob in
TEXT
diff expected seen
