// SPDX-License-Identifier: Apache-2.0
// better-auth with its provider for Keycloak, its tables in memory; it logs out at the provider too.

import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node'
import { genericOAuth, keycloak } from 'better-auth/plugins/generic-oauth'

export function betterAuthentication(app, path, base, { issuer, id, secret }) {
  const auth = betterAuth({
    baseURL: base,
    basePath: path,
    secret: 'a secret of more than thirty-two letters',
    database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
    telemetry: { enabled: false },
    plugins: [genericOAuth({ config: [keycloak({ clientId: id, clientSecret: secret, issuer })] })],
  })
  const follow = (response, answer, url) => {
    for (const cookie of answer.headers.getSetCookie()) response.append('Set-Cookie', cookie)
    response.redirect(url)
  }
  app.get(`${path}/login`, async (request, response) => {
    const body = { provider: 'keycloak', callbackURL: `${base}/me` }
    const answer = await auth.api.signInSocial({ body, headers: fromNodeHeaders(request.headers), asResponse: true })
    follow(response, answer, (await answer.json()).url)
  })
  const account = async (headers) => ({ accountId: (await auth.api.listUserAccounts({ headers }))[0].id })
  app.get(`${path}/me`, async (request, response) => {
    const headers = fromNodeHeaders(request.headers)
    const session = await auth.api.getSession({ headers })
    if (!session) return response.sendStatus(401)
    const selected = await account(headers)
    const { accessToken } = await auth.api.getAccessToken({ body: selected, headers })
    const info = await auth.api.accountInfo({ headers, query: selected })
    response.json({ sub: info.data.sub, email: session.user.email, access_token: accessToken })
  })
  app.get(`${path}/refresh`, async (request, response) => {
    const headers = fromNodeHeaders(request.headers)
    await auth.api.refreshToken({ body: await account(headers), headers })
    response.redirect(`${path}/me`)
  })
  app.get(`${path}/logout`, async (request, response) => {
    const body = { callbackURL: new URL('/', base).href }
    const answer = await auth.api.signOut({ body, headers: fromNodeHeaders(request.headers), asResponse: true })
    follow(response, answer, (await answer.json()).url)
  })
  app.all(`${path}/*rest`, toNodeHandler(auth))
}
