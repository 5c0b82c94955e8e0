// SPDX-License-Identifier: Apache-2.0
// @hono/oidc-auth: the session is a JWT in a cookie; it refreshes by itself, and logs out by revoking.

import { getRequestListener } from '@hono/node-server'
import { getAuth, initOidcAuthMiddleware, oidcAuthMiddleware, revokeSession } from '@hono/oidc-auth'
import { Hono } from 'hono'

export function honoAuth(app, path, base, { issuer, id, secret }) {
  const hono = new Hono()
  hono.use(
    initOidcAuthMiddleware({
      OIDC_AUTH_SECRET: 'a secret of more than thirty-two letters',
      OIDC_AUTH_REFRESH_INTERVAL: '-1', // at each request
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: id,
      OIDC_CLIENT_SECRET: secret,
      OIDC_REDIRECT_URI: `${base}/callback`,
      OIDC_SCOPES: 'openid email',
      OIDC_COOKIE_PATH: path,
      OIDC_COOKIE_NAME: 'hono',
    }),
  )
  hono.use(async (context, next) => {
    context.set('oidcClaimsHook', (before, claims, answer) => ({
      sub: claims?.sub ?? before.sub,
      email: claims?.email ?? before.email,
      access_token: answer.access_token,
    }))
    await next()
  })
  hono.get(`${path}/me`, async (context) => {
    const auth = await getAuth(context).catch(() => null)
    if (!auth) return context.body(null, 401)
    return context.json({ sub: auth.sub, email: auth.email, access_token: auth.access_token })
  })
  hono.get(`${path}/refresh`, (context) => context.redirect(`${path}/me`))
  hono.get(`${path}/logout`, async (context) => {
    await revokeSession(context)
    return context.redirect('/')
  })
  hono.use('*', oidcAuthMiddleware())
  hono.get(`${path}/login`, (context) => context.redirect(`${path}/me`))
  app.use((request, response, next) =>
    request.path.startsWith(`${path}/`) ? getRequestListener(hono.fetch)(request, response) : next(),
  )
}
