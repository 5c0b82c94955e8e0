// SPDX-License-Identifier: Apache-2.0
// The npm package openid-client against a provider: every grant and endpoint that an application uses.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { Browser, alice, api, callback, docs, home, issuer } from './provider.mjs'

const client = await import('openid-client')
const insecure = { execute: [client.allowInsecureRequests] } // plain http on the loopback

let config
before(async () => {
  config = await client.discovery(new URL(issuer), api.id, api.secret, undefined, insecure)
})

async function codeFlow(withConfig, redirect_uri, browser = new Browser(), more = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const code_challenge = await client.calculatePKCECodeChallenge(pkceCodeVerifier)
  const expectedState = client.randomState()
  const expectedNonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(withConfig, {
    redirect_uri,
    scope: 'openid email',
    code_challenge,
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  })
  const back = await browser.logIn(url, alice)
  return client.authorizationCodeGrant(withConfig, back, { pkceCodeVerifier, expectedState, expectedNonce })
}

test('discovery names this issuer and RFC 9207', () => {
  const metadata = config.serverMetadata()
  assert.equal(metadata.issuer, issuer)
  assert.equal(metadata.authorization_response_iss_parameter_supported, true)
  assert.ok(metadata.code_challenge_methods_supported.includes('S256'))
})

test('code flow with PKCE, state and nonce', async () => {
  const tokens = await codeFlow(config, callback)
  assert.equal(tokens.token_type.toLowerCase(), 'bearer')
  assert.equal(tokens.claims().preferred_username, 'alice')
  assert.equal(tokens.claims().aud, api.id)
  assert.ok(tokens.expiresIn() > 200)
  assert.ok(tokens.refresh_token)
})

test('code flow of a public client', async () => {
  const config = await client.discovery(new URL(issuer), docs.id, undefined, client.None(), insecure)
  const tokens = await codeFlow(config, docs.callback)
  assert.equal(tokens.claims().azp, docs.id)
})

test('code flow with client_secret_post', async () => {
  const config = await client.discovery(new URL(issuer), api.id, undefined, client.ClientSecretPost(api.secret), insecure)
  const tokens = await codeFlow(config, callback)
  assert.equal(tokens.claims().preferred_username, 'alice')
})

test('second login in the same browser asks nothing', async () => {
  const browser = new Browser()
  const first = await codeFlow(config, callback, browser)
  const second = await codeFlow(config, callback, browser, { prompt: 'none' })
  assert.equal(second.claims().sid, first.claims().sid)
})

test('prompt=none without a session is login_required', async () => {
  await assert.rejects(codeFlow(config, callback, new Browser(), { prompt: 'none' }), { error: 'login_required' })
})

test('a code works once', async () => {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const code_challenge = await client.calculatePKCECodeChallenge(pkceCodeVerifier)
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope: 'openid', code_challenge, code_challenge_method: 'S256',
  })
  const back = await new Browser().logIn(url, alice)
  await client.authorizationCodeGrant(config, back, { pkceCodeVerifier })
  await assert.rejects(client.authorizationCodeGrant(config, back, { pkceCodeVerifier }), { error: 'invalid_grant' })
})

test('a wrong verifier is refused', async () => {
  const code_challenge = await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier())
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope: 'openid', code_challenge, code_challenge_method: 'S256',
  })
  const back = await new Browser().logIn(url, alice)
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  await assert.rejects(client.authorizationCodeGrant(config, back, { pkceCodeVerifier }), { error: 'invalid_grant' })
})

test('refresh keeps subject and session', async () => {
  const first = await codeFlow(config, callback)
  const second = await client.refreshTokenGrant(config, first.refresh_token)
  assert.notEqual(second.access_token, first.access_token)
  assert.equal(second.claims().sub, first.claims().sub)
  assert.equal(second.claims().sid, first.claims().sid)
  await client.fetchUserInfo(config, second.access_token, first.claims().sub)
})

test('a refresh token that is none is invalid_grant', async () => {
  await assert.rejects(client.refreshTokenGrant(config, 'garbage'), { error: 'invalid_grant' })
})

test('client credentials', async () => {
  const tokens = await client.clientCredentialsGrant(config, { scope: 'email' })
  assert.ok(tokens.access_token)
  assert.equal(tokens.refresh_token, undefined)
})

test('a wrong client secret is 401', async () => {
  const wrong = await client.discovery(new URL(issuer), api.id, 'wrong', undefined, insecure)
  await assert.rejects(client.clientCredentialsGrant(wrong), { status: 401 })
})

test('password grant', async () => {
  const tokens = await client.genericGrantRequest(config, 'password', { ...alice, scope: 'openid' })
  assert.equal(tokens.claims().preferred_username, 'alice')
})

test('userinfo', async () => {
  const tokens = await codeFlow(config, callback)
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
  assert.equal(info.preferred_username, 'alice')
  assert.equal(info.email, 'alice@example.com')
})

test('introspection and revocation', async (t) => {
  if (!config.serverMetadata().introspection_endpoint || !config.serverMetadata().revocation_endpoint) {
    t.skip('the provider announces no introspection or revocation endpoint')
    return
  }
  const tokens = await codeFlow(config, callback)
  const before = await client.tokenIntrospection(config, tokens.access_token)
  assert.equal(before.active, true)
  assert.equal(before.client_id, api.id)
  await client.tokenRevocation(config, tokens.refresh_token)
  const after = await client.tokenIntrospection(config, tokens.access_token)
  assert.equal(after.active, false)
})

test('logout ends the session and comes back', async () => {
  const browser = new Browser()
  const tokens = await codeFlow(config, callback, browser)
  const url = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token, post_logout_redirect_uri: home, state: 'bye',
  })
  const answer = await browser.get(url)
  assert.equal(answer.status, 302)
  assert.equal(answer.headers.get('location'), `${home}?state=bye`)
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' })
  await assert.rejects(codeFlow(config, callback, browser, { prompt: 'none' }), { error: 'login_required' })
})

test('implicit flow', async () => {
  const implicit = await client.discovery(
    new URL(issuer), api.id, undefined, client.None(),
    { execute: [client.allowInsecureRequests, client.useIdTokenResponseType] },
  )
  const expectedNonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(implicit, { redirect_uri: callback, scope: 'openid', nonce: expectedNonce })
  const back = await new Browser().logIn(url, alice)
  const claims = await client.implicitAuthentication(implicit, back, expectedNonce)
  assert.equal(claims.preferred_username, 'alice')
})
