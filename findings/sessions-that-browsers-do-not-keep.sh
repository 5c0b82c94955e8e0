#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A web application signs its users in at a realm of Keycloak, and keeps their access and refresh tokens in the session, to call an API
# for them. The session is a cookie, signed or encrypted. The access token has the user's roles: one user has 3, another has 60. A
# browser passes over a cookie of which name and value have more than 4096 bytes together (RFC 6265bis §5.7), and says nothing.
#
# Expected: the application learns that this session cannot be kept, by an exception where it is written; or it is kept in pieces.
# Seen: with 3 roles all ten keep it. With 60, h3 (Nuxt, nuxt-auth-utils) keeps it in pieces; Flask and Django (signed_cookies) compress it,
# which is enough for now; iron-session and react-router raise an error. The other five answer 200 as if all were well, with a cookie
# that no browser takes, and say nothing anywhere: Starlette (FastAPI, Authlib's login on both), cookie-session, koa-session,
# @fastify/secure-session and client-sessions. To the user the login succeeds at the realm and the application asks for it again, for ever
# where it sends those without a session straight back. It begins on the day of one more role, and for those alone who have it.
# curl and the clients that tests use know no such limit, so that they do not show it.
# For us: our logins keep a session in sealed cookies of less than that, as many as it takes; docs/usage/provider-programs.md names
# the five.
#
# Starlette 1.10.0, Flask 3.1.3, Django 5.2.19; cookie-session 2.1.1, koa-session 7.0.2, @fastify/secure-session 8.4.0, client-sessions
# 0.8.0, iron-session 8.0.4, react-router 7.18.5, h3 2.0.8.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >tokens.py <<'PY'
import base64
import json
import os


def part(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def token(claims, signature):
    header = {"alg": "RS256", "typ": "JWT", "kid": part(os.urandom(32))}
    return ".".join([part(json.dumps(header).encode()), part(json.dumps(claims).encode()), part(os.urandom(signature))])


def tokens(roles):
    usual = {"exp": 1900000300, "iat": 1900000000, "jti": part(os.urandom(20)), "iss": "https://id.example.org/realms/shop",
             "sub": "f4c8a1d2-5b1e-4d0b-9b53-0a8f6c1f2e11", "typ": "Bearer", "azp": "web", "sid": part(os.urandom(20))}
    names = [f"department-{number:02}-reader" for number in range(roles)]
    access = usual | {"acr": "1", "realm_access": {"roles": names}, "scope": "openid profile", "preferred_username": "ann"}
    return {"access": token(access, 256), "refresh": token(usual | {"typ": "Refresh"}, 64)}


json.dump({roles: tokens(roles) for roles in (3, 60)}, open("tokens.json", "w"))
PY
python3 tokens.py

cat >sessions.py <<'PY'
import json
import logging

import django
import flask
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

logging.disable(logging.CRITICAL)
tokens = json.load(open("tokens.json"))


def verdict(fields):
    sizes = [len(name) + len(value) for name, value in fields]
    return "kept" if all(size <= 4096 for size in sizes) else "200, and a cookie that no browser keeps"


def by_starlette(roles):
    def login(request):
        request.session["tokens"] = tokens[roles]
        return PlainTextResponse("in")

    program = Starlette(routes=[Route("/", login)], middleware=[Middleware(SessionMiddleware, secret_key="secret")])
    answer = TestClient(program).get("/")
    assert answer.status_code == 200
    return verdict(answer.cookies.items())


def by_flask(roles):
    program = flask.Flask("web")
    program.secret_key = "secret"

    @program.get("/")
    def login():
        flask.session["tokens"] = tokens[roles]
        return "in"

    client = program.test_client()
    assert client.get("/").status_code == 200
    return verdict([("session", client.get_cookie("session").value)])


def by_django(roles):
    answer = Client().get("/" + roles)
    assert answer.status_code == 200
    return verdict((name, morsel.value) for name, morsel in answer.cookies.items())


def login_at_django(request, roles):
    request.session["tokens"] = tokens[roles]
    return HttpResponse("in")


urlpatterns = [path("<roles>", login_at_django)]
settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="secret", ALLOWED_HOSTS=["*"],
                   SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
                   MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"])
django.setup()
for name, session in (("Starlette", by_starlette), ("Flask", by_flask), ("Django", by_django)):
    for roles in tokens:
        print(f"{name}, {roles} roles: {session(roles)}")
PY
python3 -m venv v
v/bin/pip -q install starlette==1.10.0 itsdangerous==2.2.0 httpx==0.28.1 flask==3.1.3 django==5.2.19
v/bin/python -W ignore sessions.py >seen

npm init -y >/dev/null
npm install --silent express@5.3.0 cookie-session@2.1.1 client-sessions@0.8.0 koa@3.3.0 koa-session@7.0.2 fastify@5.12.8 \
    @fastify/secure-session@8.4.0 iron-session@8.0.4 react-router@7.18.5 h3@2.0.8
cat >sessions.mjs <<'JS'
import fs from 'node:fs'
import http from 'node:http'
import secureSession from '@fastify/secure-session'
import clientSessions from 'client-sessions'
import cookieSession from 'cookie-session'
import express from 'express'
import Fastify from 'fastify'
import * as h3 from 'h3'
import { getIronSession } from 'iron-session'
import Koa from 'koa'
import koaSession from 'koa-session'
import { createCookieSessionStorage } from 'react-router'

const tokens = JSON.parse(fs.readFileSync('tokens.json'))
const password = 'a password of at least thirty-two letters'
const roles = request => request.url.slice(1)
const guarded = work => http.createServer((request, answer) => work(request, answer).catch(() => {
  answer.statusCode = 500
  answer.end()
}))
const onExpress = (middleware, name) => {
  const program = express()
  program.use(middleware)
  program.get('/{*all}', (request, answer) => {
    request[name].tokens = tokens[roles(request)]
    answer.send('in')
  })
  return http.createServer(program)
}

const programs = {
  'cookie-session': () => onExpress(cookieSession({ name: 's', secret: password }), 'session'),
  'client-sessions': () => onExpress(clientSessions({ cookieName: 's', secret: password }), 's'),
  'koa-session': () => {
    const program = new Koa()
    program.keys = [password]
    program.use((koaSession.createSession ?? koaSession)({ key: 's' }, program))
    program.use(context => {
      context.session.tokens = tokens[roles(context.request)]
      context.body = 'in'
    })
    return http.createServer(program.callback())
  },
  '@fastify/secure-session': async () => {
    const program = Fastify()
    await program.register(secureSession, { key: Buffer.alloc(32, 7), cookieName: 's', cookie: { path: '/' } })
    program.get('/:roles', async request => {
      request.session.set('tokens', tokens[request.params.roles])
      return 'in'
    })
    await program.ready()
    return program.server
  },
  'iron-session': () => guarded(async (request, answer) => {
    const session = await getIronSession(request, answer, { password, cookieName: 's' })
    session.tokens = tokens[roles(request)]
    await session.save()
    answer.end('in')
  }),
  'react-router': () => guarded(async (request, answer) => {
    const storage = createCookieSessionStorage({ cookie: { name: 's', secrets: [password] } })
    const session = await storage.getSession(request.headers.cookie)
    session.set('tokens', tokens[roles(request)])
    answer.setHeader('set-cookie', await storage.commitSession(session))
    answer.end('in')
  }),
  'h3': () => {
    const program = new h3.H3()
    program.get('/:roles', async event => {
      const session = await h3.useSession(event, { password, name: 's', cookie: { secure: false } })
      await session.update({ tokens: tokens[event.context.params.roles] })
      return 'in'
    })
    return http.createServer(h3.toNodeHandler(program))
  },
}

for (const [name, make] of Object.entries(programs)) {
  const server = await make()
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  for (const count of Object.keys(tokens)) {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/${count}`)
    const sizes = answer.headers.getSetCookie().map(cookie => cookie.split(';')[0].length - 1)
    const kept = sizes.every(size => size <= 4096)
    const pieces = sizes.filter(size => size > 100).length
    const all = pieces > 1 ? 'kept in pieces' : 'kept'
    const said = answer.status !== 200 ? 'an error' : kept ? all : '200, and a cookie that no browser keeps'
    console.log(`${name}, ${count} roles: ${said}`)
  }
}
process.exit(0)
JS
node --experimental-global-webcrypto sessions.mjs >>seen

cat seen
for library in Starlette Flask Django cookie-session client-sessions koa-session @fastify/secure-session iron-session react-router h3; do
    echo "$library, 3 roles: kept"
    case $library in
    Flask | Django) echo "$library, 60 roles: kept" ;;
    iron-session | react-router) echo "$library, 60 roles: an error" ;;
    h3) echo "$library, 60 roles: kept in pieces" ;;
    *) echo "$library, 60 roles: 200, and a cookie that no browser keeps" ;;
    esac
done >expected
diff expected seen
