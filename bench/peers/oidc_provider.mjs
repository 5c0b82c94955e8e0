// SPDX-License-Identifier: Apache-2.0
// oidc-provider as a peer: oidc_provider.mjs PORT, in memory, with one client and one user who is logged in unasked. Access tokens are
// JWTs, for the email scope of one API.
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

const port = process.argv[2]
const issuer = `http://localhost:${port}`
const api = 'urn:bench:api'
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'app',
    client_secret: 'app-secret',
    redirect_uris: ['http://localhost:9/cb'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
  }],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'bench' }] },
  cookies: { keys: ['bench'] },
  claims: { openid: ['sub'], email: ['email'] },
  ttl: { AuthorizationCode: 600, Interaction: 600, Session: 3600, Grant: 3600, AccessToken: 300, IdToken: 300, RefreshToken: 3600 },
  pkce: { required: () => false },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: 'carol@example.org' }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: false,
  async loadExistingGrant(ctx) {
    const { client, session, provider } = ctx.oidc
    const before = session.grantIdFor(client.clientId)
    if (before) return provider.Grant.find(before)
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
    grant.addOIDCScope('openid email')
    grant.addResourceScope(api, 'email')
    await grant.save()
    return grant
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => api,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'email', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
    },
  },
})

const answer = provider.callback()
createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response)
  return provider.interactionFinished(request, response, { login: { accountId: 'carol' } })
}).listen(port, '127.0.0.1')
