// SPDX-License-Identifier: Apache-2.0
// The npm package jose verifies the provider's tokens with the provider's key set.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { alice, api, issuer } from './provider.mjs'

const { createRemoteJWKSet, decodeProtectedHeader, importX509, jwtVerify } = await import('jose')

const jwksUri = `${issuer}/protocol/openid-connect/certs`
const keySet = createRemoteJWKSet(new URL(jwksUri))
const expected = { issuer, audience: 'myapi', algorithms: ['RS256'], typ: 'JWT' }
let tokens

before(async () => {
  tokens = await grant({ grant_type: 'password', scope: 'openid', ...alice })
})

async function grant(form) {
  const answer = await fetch(`${issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${api.id}:${api.secret}`)}` },
    body: new URLSearchParams(form),
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  return answer.json()
}

test('access token', async () => {
  const { payload } = await jwtVerify(tokens.access_token, keySet, expected)
  assert.equal(payload.typ, 'Bearer')
  assert.equal(payload.azp, api.id)
  assert.ok(payload.realm_access.roles.includes('admin'))
})

test('id token', async () => {
  const { payload } = await jwtVerify(tokens.id_token, keySet, { ...expected, audience: api.id })
  assert.equal(payload.preferred_username, 'alice')
})

test('access token of a service account', async () => {
  const { access_token } = await grant({ grant_type: 'client_credentials' })
  const { payload } = await jwtVerify(access_token, keySet, expected)
  assert.equal(payload.preferred_username, 'service-account-myapi')
})

test('tampered tokens are refused', async () => {
  const [header, claims, signature] = tokens.access_token.split('.')
  const changed = Buffer.from(claims, 'base64url').toString().replace('"alice"', '"admin"')
  const forged = [header, Buffer.from(changed).toString('base64url'), signature].join('.')
  await assert.rejects(jwtVerify(forged, keySet, expected), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
})

test('another audience or issuer is refused', async () => {
  await assert.rejects(jwtVerify(tokens.access_token, keySet, { ...expected, audience: 'other' }), {
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
  })
  await assert.rejects(jwtVerify(tokens.access_token, keySet, { ...expected, issuer: `${issuer}/` }), {
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
  })
})

test('the key set holds public keys only, with a certificate of the same key', async () => {
  const { keys } = await (await fetch(jwksUri)).json()
  for (const key of keys) {
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(key[secret], undefined)
  }
  const { kid } = decodeProtectedHeader(tokens.access_token)
  const signing = keys.find((key) => key.kid === kid)
  assert.equal(signing.use, 'sig')
  assert.equal(signing.alg, 'RS256')
  const pem = `-----BEGIN CERTIFICATE-----\n${signing.x5c[0]}\n-----END CERTIFICATE-----`
  await jwtVerify(tokens.access_token, await importX509(pem, 'RS256'), expected)
})

test('refresh tokens are not verifiable by clients', async () => {
  await assert.rejects(jwtVerify(tokens.refresh_token, keySet, { issuer }))
})
