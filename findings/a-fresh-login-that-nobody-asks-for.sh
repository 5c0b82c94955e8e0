#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Before somebody changes an address for payments, a site wants the password once more. OpenID Connect Core §3.1.2.1 has max_age for it:
# how many seconds ago the login may have been, 0 for none at all, and the ID token says when it was ("auth_time"). Four libraries of sites
# have an option of that name. What does a realm hear of it, and of the options beside it?
#
# Expected: what is set is sent; 0 is a number like others.
# Seen: openid-client and oidc-client-ts send 0. passport-openidconnect sends 60 and not 0, which it takes for "not set". OmniAuth's strategy
# (the one of GitLab, Debian's) sends no max_age at all: option :max_age, :display and :id_token_hint are there to be set, and nothing
# reads them, while :prompt and :acr_values beside them arrive. To the site all is well: the user comes back signed in, by the session that
# was there. The same strategy leaves at the realm's logout endpoint with an address to come back to, but neither with id_token_hint nor
# client_id, so that the realm cannot know whose address it is.
# For us: docs/usage/provider-programs.md names prompt=login, which both of them send; a logout without either is refused, as at Keycloak.
#
# Debian 12: ruby-omniauth-openid-connect 0.10.0, ruby-openid-connect 1.2.0. npm: passport-openidconnect 0.1.2, openid-client 6.9.0,
# oidc-client-ts 3.5.0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir debs
needed=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
    ruby-omniauth-openid-connect ruby | grep -E '^(ruby|libruby|libyaml|rake)' | grep -v : | sort -u |
    sed 's/^ruby-omniauth-openid-connect$/&=0.10.0-2/; s/^ruby-openid-connect$/&=1.2.0-2/')
# shellcheck disable=SC2086
(cd debs && apt-get -qq download $needed 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
cat >ask.rb <<'RB'
require 'omniauth_openid_connect'
require 'rack/mock'
OmniAuth.config.logger.level = Logger::ERROR
OmniAuth.config.request_validation_phase = nil
names = %w[max_age prompt acr_values display id_token_hint post_logout_redirect_uri client_id]
[0, 60].each do |age|
  site = OmniAuth::Strategies::OpenIDConnect.new(
    ->(_) { [200, {}, []] },
    name: :realm, issuer: 'https://i.example/realms/r', scope: %i[openid email],
    max_age: age, prompt: :login, acr_values: 'gold', display: :touch, id_token_hint: 'token', post_logout_redirect_uri: 'https://app.example/out',
    client_options: { identifier: 'app', secret: 'secret', redirect_uri: 'https://app.example/back', host: 'i.example',
                      authorization_endpoint: '/auth', end_session_endpoint: 'https://i.example/logout' }
  )
  %w[/auth/realm /auth/realm/logout].each do |path|
    _, fields, = site.call(Rack::MockRequest.env_for("https://app.example#{path}", method: 'POST').merge('rack.session' => {}))
    address = URI(fields['Location'])
    puts "omniauth, #{age}: #{address.path} #{URI.decode_www_form(address.query).to_h.slice(*names)}"
  end
end
RB
ruby=$work/root/usr
libraries=$(printf '%s:' "$ruby"/share/rubygems-integration/*/gems/concurrent-ruby-*/lib/concurrent-ruby "$ruby"/lib/ruby/vendor_ruby \
    "$ruby"/lib/ruby/3.1.0 "$ruby"/lib/*/ruby/3.1.0 "$ruby"/lib/*/ruby/vendor_ruby/3.1.0 "$ruby"/share/rubygems-integration/*/gems/*/lib \
    "$ruby"/lib/*/rubygems-integration/*/gems/*/lib "$ruby"/lib/ruby/gems/3.1.0/gems/*/lib)

npm init -y >/dev/null
npm install --silent --no-audit --no-fund passport-openidconnect@0.1.2 openid-client@6.9.0 oidc-client-ts@3.5.0
cat >ask.mjs <<'JS'
import { OidcClient, InMemoryWebStorage, WebStorageStateStore } from 'oidc-client-ts';
import * as openid from 'openid-client';
import Strategy from 'passport-openidconnect';

const said = (address) => new URL(address).searchParams.get('max_age');
const issuer = 'https://i.example';
const back = 'https://app.example/back';
for (const age of [0, 60]) {
  const site = new openid.Configuration({ issuer, authorization_endpoint: `${issuer}/auth` }, 'app');
  console.log(`openid-client, ${age}: ${said(openid.buildAuthorizationUrl(site, { max_age: String(age), redirect_uri: back }))}`);
  const page = new OidcClient({
    authority: issuer, client_id: 'app', redirect_uri: back, metadata: { issuer, authorization_endpoint: `${issuer}/auth` }, max_age: age,
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });
  console.log(`oidc-client-ts, ${age}: ${said((await page.createSigninRequest({})).url)}`);
  const strategy = new Strategy({
    issuer, authorizationURL: `${issuer}/auth`, tokenURL: `${issuer}/token`, clientID: 'app', clientSecret: 'secret', callbackURL: back, maxAge: age,
  }, () => {});
  strategy.redirect = (address) => console.log(`passport-openidconnect, ${age}: ${said(address)}`);
  strategy.authenticate({ session: {}, query: {}, headers: {} }, {});
}
JS
{
    LD_LIBRARY_PATH=$(printf '%s' "$ruby"/lib/*-linux-gnu) RUBYLIB=$libraries "$ruby"/bin/ruby3.1 -W0 ask.rb
    node --no-deprecation ask.mjs
} >seen

cat seen
diff seen - <<'SEEN'
omniauth, 0: /auth {"prompt"=>"login", "acr_values"=>"gold", "client_id"=>"app"}
omniauth, 0: /logout {"post_logout_redirect_uri"=>"https://app.example/out"}
omniauth, 60: /auth {"prompt"=>"login", "acr_values"=>"gold", "client_id"=>"app"}
omniauth, 60: /logout {"post_logout_redirect_uri"=>"https://app.example/out"}
openid-client, 0: 0
oidc-client-ts, 0: 0
passport-openidconnect, 0: null
openid-client, 60: 60
oidc-client-ts, 60: 60
passport-openidconnect, 60: 60
SEEN
