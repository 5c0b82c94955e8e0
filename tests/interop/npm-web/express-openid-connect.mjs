// SPDX-License-Identifier: Apache-2.0
// express-openid-connect: discovery, the session in a cookie, refresh, logout at the provider, and logout tokens.

import express from 'express'
import session from 'express-session'
import connect from 'express-openid-connect'

export function expressOpenidConnect(app, path, base, { issuer, id, secret }) {
  const router = express.Router()
  router.use(
    connect.auth({
      issuerBaseURL: issuer,
      baseURL: base,
      clientID: id,
      clientSecret: secret,
      secret: 'a secret of more than thirty-two letters',
      authRequired: false,
      idpLogout: true,
      authorizationParams: { response_type: 'code', scope: 'openid email' },
      routes: { login: false, postLogoutRedirect: new URL('/', base).href },
      backchannelLogout: { store: new session.MemoryStore() },
    }),
  )
  router.get('/login', (request, response) => response.oidc.login({ returnTo: `${path}/me` }))
  router.get('/me', async (request, response) => {
    if (!request.oidc.isAuthenticated()) return response.sendStatus(401)
    const { sub, email } = await request.oidc.fetchUserInfo()
    response.json({ sub, email, access_token: request.oidc.accessToken.access_token })
  })
  router.get('/refresh', async (request, response) => {
    await request.oidc.accessToken.refresh()
    response.redirect(`${path}/me`)
  })
  app.use(path, router)
}
