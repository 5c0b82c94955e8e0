// SPDX-License-Identifier: Apache-2.0
// The protocol half of the npm package oidc-client-ts; its other half, for pages, is tried in a browser.

import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'

import { Browser, alice, docs, home, issuer } from './provider.mjs'

const { InMemoryWebStorage, OidcClient, WebStorageStateStore } = await import('oidc-client-ts')

let client
let browser
beforeEach(() => {
  browser = new Browser()
  client = new OidcClient({
    authority: issuer,
    client_id: docs.id,
    redirect_uri: docs.callback,
    post_logout_redirect_uri: home,
    scope: 'openid email',
    loadUserInfo: true,
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  })
})

async function logIn(more = {}) {
  const { url } = await client.createSigninRequest({ state: { page: 'items' }, ...more })
  return client.processSigninResponse((await browser.logIn(url, alice)).href)
}

test('a public client logs in, with state of its own and userinfo', async () => {
  const answer = await logIn({ nonce: 'n-1' })
  assert.equal(answer.profile.preferred_username, 'alice')
  assert.equal(answer.profile.email, 'alice@example.com')
  assert.deepEqual(answer.userState, { page: 'items' })
  assert.ok(answer.expires_in > 200)
})

test('refresh', async () => {
  const first = await logIn()
  const state = {
    refresh_token: first.refresh_token, id_token: first.id_token, session_state: first.session_state,
    scope: first.scope, profile: first.profile,
  }
  const second = await client.useRefreshToken({ state })
  assert.notEqual(second.access_token, first.access_token)
  assert.equal(second.profile.sub, first.profile.sub)
  assert.equal(second.session_state, first.session_state)
})

test('prompt=none without a session is told by its name', async () => {
  await assert.rejects(logIn({ prompt: 'none' }), { error: 'login_required' })
})

test('logout comes back with its state, and the tokens are over', async () => {
  const { id_token, refresh_token, scope, profile } = await logIn()
  const { url } = await client.createSignoutRequest({ id_token_hint: id_token, state: { left: 'items' } })
  const answer = await browser.get(url)
  assert.equal(answer.status, 302)
  const back = await client.processSignoutResponse(answer.headers.get('location'))
  assert.deepEqual(back.userState, { left: 'items' })
  const state = { refresh_token, id_token, scope, profile }
  await assert.rejects(client.useRefreshToken({ state }), { error: 'invalid_grant' })
})

test('revocation', async () => {
  const { id_token, refresh_token, scope, profile } = await logIn()
  await client.revokeToken(refresh_token, 'refresh_token')
  const state = { refresh_token, id_token, scope, profile }
  await assert.rejects(client.useRefreshToken({ state }), { error: 'invalid_grant' })
})
