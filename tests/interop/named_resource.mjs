// SPDX-License-Identifier: Apache-2.0
// node-oidc-provider, which gives JWT access tokens for a resource that is named (RFC 8707), and opaque ones else.
// Arguments: where the package is, the port, the client's redirect URI.
import { generateKeyPairSync } from 'node:crypto'
import { pathToFileURL } from 'node:url'

const [folder, port, redirect] = process.argv.slice(2)
const { default: Provider } = await import(pathToFileURL(`${folder}/node_modules/oidc-provider/lib/index.js`))
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const provider = new Provider(`http://localhost:${port}`, {
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'a', use: 'sig', alg: 'RS256' }] },
  clients: [
    {
      client_id: 'myapi',
      client_secret: 'myapi-secret',
      redirect_uris: [redirect],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
  ],
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        scope: 'read',
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 2,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  issueRefreshToken: async () => true,
})
provider.on('grant.success', (call) => console.log(`${call.oidc.params.grant_type} ${call.oidc.params.resource}`))
provider.listen(Number(port), '127.0.0.1')
