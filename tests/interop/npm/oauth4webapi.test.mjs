// SPDX-License-Identifier: Apache-2.0
// The npm package oauth4webapi, bare and with its checks of each answer: login, tokens, introspection, revocation.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { Browser, alice, api, callback, issuer } from './provider.mjs'

const oauth = await import('oauth4webapi')
const insecure = { [oauth.allowInsecureRequests]: true } // plain http on the loopback
const client = { client_id: api.id }
const secret = oauth.ClientSecretBasic(api.secret)

let as
before(async () => {
  const url = new URL(issuer)
  as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
})

async function logIn(response_type = 'code') {
  const verifier = oauth.generateRandomCodeVerifier()
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const url = new URL(as.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: callback,
    response_type,
    scope: 'openid email',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    max_age: 900,
    state,
    nonce,
  })
  return { back: await new Browser().logIn(url, alice), verifier, state, nonce }
}

async function codeFlow() {
  const { back, verifier, state, nonce } = await logIn()
  const parameters = oauth.validateAuthResponse(as, client, back, state)
  const response = await oauth.authorizationCodeGrantRequest(as, client, secret, parameters, callback, verifier, insecure)
  const checks = { expectedNonce: nonce, maxAge: 900, requireIdToken: true }
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, checks)
  await oauth.validateApplicationLevelSignature(as, response, insecure)
  return tokens
}

test('code flow: state, iss, nonce, auth_time, at_hash and signature', async () => {
  const tokens = await codeFlow()
  assert.equal(tokens.token_type, 'bearer')
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  assert.equal(claims.email, 'alice@example.com')
  assert.ok(claims.auth_time <= claims.iat)
})

test('hybrid flow: the code and the ID token that comes with it', async () => {
  const { back, state, nonce } = await logIn('code id_token')
  const parameters = await oauth.validateDetachedSignatureResponse(as, client, back, nonce, state, 900, insecure)
  assert.ok(parameters.get('code'))
})

test('refresh, userinfo, introspection and revocation', async () => {
  const first = await codeFlow()
  const { sub } = oauth.getValidatedIdTokenClaims(first)
  const again = await oauth.refreshTokenGrantRequest(as, client, secret, first.refresh_token, insecure)
  const tokens = await oauth.processRefreshTokenResponse(as, client, again)
  await oauth.validateApplicationLevelSignature(as, again, insecure)
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, sub)

  const user = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
  assert.equal((await oauth.processUserInfoResponse(as, client, sub, user)).preferred_username, 'alice')

  const looked = await oauth.introspectionRequest(as, client, secret, tokens.access_token, insecure)
  assert.equal((await oauth.processIntrospectionResponse(as, client, looked)).sub, sub)

  const gone = await oauth.revocationRequest(as, client, secret, tokens.refresh_token, insecure)
  await oauth.processRevocationResponse(gone)
  const late = await oauth.refreshTokenGrantRequest(as, client, secret, tokens.refresh_token, insecure)
  await assert.rejects(oauth.processRefreshTokenResponse(as, client, late), { error: 'invalid_grant', status: 400 })
})

test('what is refused at userinfo comes as a challenge that it can read', async () => {
  const refused = await oauth.userInfoRequest(as, client, 'garbage', insecure)
  await assert.rejects(oauth.processUserInfoResponse(as, client, oauth.skipSubjectCheck, refused), (error) => {
    assert.equal(error.cause[0].scheme, 'bearer')
    assert.equal(error.cause[0].parameters.error, 'invalid_token')
    return true
  })
})
