#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A page signs in with oidc-client-ts and its setting "dpop" (RFC 9449): tokens are bound to a key of the browser's. A server may want a
# nonce of its own in the proofs: it refuses with use_dpop_nonce, and hands out the next one in DPoP-Nonce with any answer (§8.2, as
# a server does whose nonces are good for a minute or two). What becomes of refreshes, refusals and userinfo?
#
# Expected: the nonce of a good answer is in the next proof; a refresh token that is over is an ErrorResponse whose error is
# invalid_grant; loadUserInfo sends the bound token as such, with the scheme DPoP and a proof (§7.1).
# Seen: a nonce counts that came with a refusal, and no other, so each refresh is refused once and sent twice. And every refusal that has
# the field is taken for the wish for a nonce: invalid_grant is sent a second time, and what comes out is an ErrorDPoPNonce without
# "error", its text the JSON, so that an application that sends people to the login on invalid_grant does not; without the field it is
# as expected. Userinfo is asked with "Bearer" and without a proof, which a server has to refuse: with both settings nobody signs in.
# For us: a realm wants nonces only where "dpop.nonce" says so; docs/usage/provider-protocol.md says what becomes of such pages then.
#
# oidc-client-ts 3.5.0, jose 6.2.18.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund oidc-client-ts@3.5.0 jose@6.2.18

cat >ask.mjs <<'JS'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { InMemoryWebStorage, OidcClient, User, UserManager, WebStorageStateStore } from 'oidc-client-ts'
import { SignJWT, decodeJwt } from 'jose'

globalThis.window = { crypto: globalThis.crypto, sessionStorage: new InMemoryWebStorage() }

// A provider whose nonce changes with each good answer. Who refreshes with "over" is refused, with or without the next nonce.
let issuer, number = 1, asked = [], tells = true
const secret = new TextEncoder().encode('s'.repeat(32))
const pages = {
  '/.well-known/openid-configuration': () => ({ issuer, authorization_endpoint: issuer + '/auth', token_endpoint: issuer + '/token',
    userinfo_endpoint: issuer + '/userinfo' }),
  '/userinfo': (request, body, response) => {
    const scheme = request.headers.authorization.split(' ')[0]
    asked.push(scheme + (request.headers.dpop ? ' with a proof' : ' without a proof'))
    if (scheme === 'DPoP' && request.headers.dpop) return { sub: 'ann' }
    response.writeHead(401, { 'www-authenticate': 'DPoP error="invalid_token"' })
    return {}
  },
  '/token': async (request, body, response) => {
    const { nonce } = decodeJwt(request.headers.dpop)
    const refuse = error => (response.writeHead(400), { error })
    asked.push(nonce ?? 'no nonce')
    if (tells) response.setHeader('dpop-nonce', `n${number}`)
    if (nonce !== `n${number}`) return refuse('use_dpop_nonce')
    if (body.get('refresh_token') === 'over') return refuse('invalid_grant')
    response.setHeader('dpop-nonce', `n${++number}`)
    const claims = { iss: issuer, aud: 'page', sub: 'ann' }
    const id = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setIssuedAt().setExpirationTime('5m')
    return { access_token: 'bound', token_type: 'DPoP', expires_in: 300, refresh_token: 'good', id_token: await id.sign(secret) }
  },
}
const server = createServer(async (request, response) => {
  let text = ''
  for await (const piece of request) text += piece
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(await pages[request.url](request, new URLSearchParams(text), response)))
})
await once(server.listen(0, '127.0.0.1'), 'listening')
issuer = `http://127.0.0.1:${server.address().port}`

class Keys {
  kept = new Map()
  async set(name, value) { this.kept.set(name, value) }
  async get(name) { return this.kept.get(name) }
  async remove(name) { this.kept.delete(name) }
  async getAllKeys() { return [...this.kept.keys()] }
}

const settings = () => ({ authority: issuer, client_id: 'page', redirect_uri: 'http://page.example/', automaticSilentRenew: false,
  stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }), dpop: { store: new Keys() } })

async function tell(what, doing) {
  asked = []
  let outcome = 'done'
  try {
    await doing()
  } catch (error) {
    outcome = `${error.constructor.name.replace(/^_/, '')}, error ${error.error}`
  }
  console.log(`${what}: ${asked.join(', ')}: ${outcome}`)
}

async function login(settings) {
  const client = new OidcClient(settings)
  const { state } = await client.createSigninRequest({})
  await client.processSigninResponse(`http://page.example/?code=c&state=${state.id}`)
}

async function refresh(manager, token) {
  await manager.storeUser(new User({ access_token: 'bound', token_type: 'DPoP', refresh_token: token, profile: { sub: 'ann' } }))
  await manager.signinSilent()
}

const page = settings()
const manager = new UserManager(page)
await tell('login', () => login(page))
await tell('refresh', () => refresh(manager, 'good'))
await tell('refresh', () => refresh(manager, 'good'))
await tell('refresh token over', () => refresh(manager, 'over'))
await tell('refresh token over, nonce was current', () => refresh(manager, 'over'))
tells = false
await tell('refresh token over, no nonce with the answer', () => refresh(manager, 'over'))
tells = true
await tell('login, loadUserInfo', () => login({ ...settings(), loadUserInfo: true }))
process.exit()
JS
node ask.mjs >seen
cat seen
cat >expected <<'TEXT'
login: no nonce, n1: done
refresh: n1, n2: done
refresh: n2, n3: done
refresh token over: n3, n4: ErrorDPoPNonce, error undefined
refresh token over, nonce was current: n4, n4: ErrorDPoPNonce, error undefined
refresh token over, no nonce with the answer: n4: ErrorResponse, error invalid_grant
login, loadUserInfo: no nonce, n4, Bearer without a proof: Error, error undefined
TEXT
diff expected seen
