// SPDX-License-Identifier: Apache-2.0
// The npm package openid-client as a client that proves everything: itself by a signed JWT (RFC 7523), its request by
// pushing it (RFC 9126), its tokens by a key of its own (RFC 9449).

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { test } from 'node:test'

import { Browser, alice, callback, issuer } from './provider.mjs'

const client = await import('openid-client')
const insecure = { execute: [client.allowInsecureRequests] } // plain http on the loopback
const der = createPrivateKey(process.env.CLIENT_KEY).export({ type: 'pkcs8', format: 'der' })
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])

async function configure(authentication) {
  return client.discovery(new URL(issuer), 'proving', undefined, authentication, insecure)
}

test('a pushed request, a signed proof of the client and tokens bound to a key', async () => {
  const config = await configure(client.PrivateKeyJwt({ key, kid: 'proving' }))
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const url = await client.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: callback,
      scope: 'openid email',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
    },
    { DPoP },
  )
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri'])
  const back = await new Browser().logIn(url, alice)
  const tokens = await client.authorizationCodeGrant(config, back, checks, undefined, { DPoP })
  assert.equal(tokens.token_type, 'dpop')
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP })
  assert.equal(info.preferred_username, 'alice')
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub))
  const again = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
  assert.equal(again.token_type, 'dpop')
  const told = await client.tokenIntrospection(config, again.access_token)
  assert.equal(told.active, true)
  assert.equal(told.cnf.jkt, await DPoP.calculateThumbprint())
  await client.tokenRevocation(config, again.access_token)
})

test('a signed request', async () => {
  const config = await configure(client.PrivateKeyJwt({ key, kid: 'proving' }))
  const state = client.randomState()
  const parameters = { redirect_uri: callback, scope: 'openid', state }
  const url = await client.buildAuthorizationUrlWithJAR(config, parameters, { key, kid: 'proving' })
  const pushed = await client.buildAuthorizationUrlWithPAR(config, url.searchParams)
  const back = await new Browser().logIn(pushed, alice)
  assert.equal(back.searchParams.get('state'), state)
})

test('a proof by the secret', async () => {
  const config = await client.discovery(
    new URL(issuer), 'secret-proving', undefined, client.ClientSecretJwt(process.env.CLIENT_SECRET), insecure,
  )
  const tokens = await client.clientCredentialsGrant(config)
  assert.ok(tokens.access_token)
})
