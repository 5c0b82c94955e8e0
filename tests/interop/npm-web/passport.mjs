// SPDX-License-Identifier: Apache-2.0
// passport-openidconnect: the endpoints are configured, the session is express-session's.

import session from 'express-session'
import { Passport } from 'passport'
import { Strategy } from 'passport-openidconnect'

export function passportOpenidconnect(app, path, base, { issuer, id, secret }) {
  const passport = new Passport()
  const protocol = `${issuer}/protocol/openid-connect`
  passport.use(
    new Strategy(
      {
        issuer,
        authorizationURL: `${protocol}/auth`,
        tokenURL: `${protocol}/token`,
        userInfoURL: `${protocol}/userinfo`,
        clientID: id,
        clientSecret: secret,
        callbackURL: `${base}/callback`,
        scope: ['profile', 'email'],
        nonce: true,
        maxAge: 900,
        skipUserProfile: false,
      },
      (iss, profile, context, idToken, accessToken, refreshToken, done) =>
        done(null, { sub: profile.id, email: profile.emails[0].value, access_token: accessToken }),
    ),
  )
  passport.serializeUser((user, done) => done(null, user))
  passport.deserializeUser((user, done) => done(null, user))

  app.use(path, session({ secret: 'a secret of the session', resave: false, saveUninitialized: false, name: 'passport' }))
  app.use(path, passport.initialize(), passport.session())
  app.get(`${path}/login`, passport.authenticate('openidconnect'))
  app.get(`${path}/callback`, passport.authenticate('openidconnect', { successRedirect: `${path}/me` }))
  app.get(`${path}/me`, (request, response) => {
    if (!request.user) return response.sendStatus(401)
    response.json(request.user)
  })
  app.get(`${path}/logout`, (request, response, next) => {
    request.logout((error) => (error ? next(error) : response.redirect('/')))
  })
}
