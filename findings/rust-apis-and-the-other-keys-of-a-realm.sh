#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# APIs in Rust that check a realm's access tokens, by five libraries. All tokens are of its RS256 key. An administrator adds a key of
# another kind that Keycloak has (ECDSA on P-256 or P-521, EdDSA on Ed25519 or Ed448, ECDH-ES), which signs nothing. Later the realm
# gets its next RS256 key, published from the moment on in which it signs, and tokens name it by "kid".
#
# Expected: keys of kinds that a library does not know are passed by (RFC 7517 §5). An unknown kid is looked up.
# Seen: over an ES512 or an ECDH-ES key jwt-authorizer 0.15.0 refuses every token, and oidc-jwt-validator 0.2.3 does not start: they
# read sets with jsonwebtoken 9, to which an algorithm out of its list is an error of the whole set. 10 takes those; over Ed448 it
# fails too, as a curve out of its list, and with it axum-jwt-auth 0.7.0 and both before. 11 reads that as well, but
# tower-oauth2-resource-server 0.12.5 drops the set over a key that it cannot use, with a line in the log. jwks_client_rs 0.6.13
# takes all.
# The first token of the next key is taken by oidc-jwt-validator and jwks_client_rs. jwt-authorizer looks for an unknown kid when it has
# not looked for ten minutes, tower-oauth2-resource-server every minute, axum-jwt-auth every hour (cache_duration), whatever comes.
# For us: an import tells keys of ES512 and Ed448; a delay of ten minutes before a new key signs does for all but axum-jwt-auth.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

# Realms in a few lines: /realms/NAME/API signs with RS256 and publishes that key, the usual one for encryption, and the one that is
# called NAME. What signs is the same in all of them until /turn is asked for; then it is "next", which is published from then on.
python3 -m venv v
v/bin/pip -q install joserfc==1.8.0
cat >realm.py <<'PY'
import http.server, json, time
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

def key(made, kid, alg, use):
    return made.import_key({**made.generate_key(SIZE[kid]).as_dict(private=True), "kid": kid, "alg": alg, "use": use})

SIZE = {"RS256": 2048, "next": 2048, "RSA-OAEP": 2048, "ES256": "P-256", "ES512": "P-521", "Ed25519": "Ed25519", "Ed448": "Ed448",
        "ECDH-ES": "P-256"}
KEYS = {
    "RS256": key(RSAKey, "RS256", "RS256", "sig"), "next": key(RSAKey, "next", "RS256", "sig"),
    "RSA-OAEP": key(RSAKey, "RSA-OAEP", "RSA-OAEP", "enc"), "ES256": key(ECKey, "ES256", "ES256", "sig"),
    "ES512": key(ECKey, "ES512", "ES512", "sig"),
    "Ed25519": key(OKPKey, "Ed25519", "EdDSA", "sig"), "Ed448": key(OKPKey, "Ed448", "EdDSA", "sig"),
    "ECDH-ES": key(ECKey, "ECDH-ES", "ECDH-ES", "enc"),
}

turned = set()

class Realm(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = self.path.partition("?")[0].split("/")
        if len(parts) < 5 or parts[1] != "realms":
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        issuer = f"http://{self.headers['Host']}/realms/{parts[2]}/{parts[3]}"
        if parts[4] == "turn":
            turned.add(issuer)
        kid = "next" if issuer in turned else "RS256"
        claims = {"iss": issuer, "sub": "ann", "aud": ["app", "account"], "exp": int(time.time()) + 600, "iat": int(time.time()),
                  "typ": "Bearer", "azp": "app", "scope": "email profile"}
        body = {
            "token": lambda: jwt.encode({"alg": "RS256", "typ": "JWT", "kid": kid}, claims, KEYS[kid]),
            "certs": lambda: {"keys": [KEYS[k].as_dict(private=False) for k in dict.fromkeys([kid, "RS256", "RSA-OAEP", parts[2]])]},
        }.get(parts[4], lambda: {"issuer": issuer, "jwks_uri": f"{issuer}/certs", "claims_supported": ["iss", "sub", "aud", "exp"]})()
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Realm)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
PY
v/bin/python realm.py >address &
pid=$!
until [ -s address ]; do sleep 0.1; done

cat >Cargo.toml <<'TOML'
[package]
name = "apis"
version = "0.0.0"
edition = "2024"

[profile.dev]
debug = false
incremental = false

[dependencies]
tokio = { version = "1", features = ["rt", "net", "macros", "time"] }
serde_json = "1"
tower = { version = "0.5", features = ["util"] }
http = "1"
url = "2"
reqwest = { version = "0.11", default-features = false, features = ["json"] }
jwt-authorizer = { version = "=0.15.0", default-features = false }
oidc-jwt-validator = "=0.2.3"
axum-jwt-auth = { version = "=0.7.0", default-features = false }
tower-oauth2-resource-server = { version = "=0.12.5", default-features = false, features = ["jwt-rust-crypto"] }
jwks_client_rs = { version = "=0.6.13", default-features = false, features = ["rust_crypto"] }
# What those read key sets with: 9 the first two, 10 the third, 11 the last two.
jsonwebtoken9 = { package = "jsonwebtoken", version = "=9.3.1" }
jsonwebtoken = { version = "=10.4.0", default-features = false, features = ["rust_crypto"] }
jsonwebtoken11 = { package = "jsonwebtoken", version = "=11.1.0", default-features = false, features = ["rust_crypto"] }
TOML
mkdir src
cat >src/main.rs <<'RS'
use axum_jwt_auth::JwtDecoder;
use serde_json::Value;
use std::{convert::Infallible, time::Duration};
use tower::{Layer, ServiceExt, service_fn};

async fn token(issuer: &str) -> String {
    reqwest::get(format!("{issuer}/token")).await.unwrap().json().await.unwrap()
}

/// What an API answers to a token, and with /realms/RSA-OAEP to the first one of the next key.
async fn answers(issuer: &str, good: impl AsyncFn(&str) -> bool) -> String {
    let mut seen = vec![good(&token(issuer).await).await];
    if issuer.contains("/RSA-OAEP/") {
        reqwest::get(format!("{issuer}/turn")).await.unwrap();
        seen.push(good(&token(issuer).await).await);
    }
    seen.iter().map(|good| if *good { " 200" } else { " 401" }).collect()
}

async fn authorizer(issuer: &str) -> String {
    let wanted = jwt_authorizer::Validation::new().iss(&[issuer]).aud(&["app"]);
    let api = jwt_authorizer::JwtAuthorizer::<Value>::from_oidc(issuer).validation(wanted).build().await.unwrap();
    answers(issuer, async |token| api.check_auth(token).await.is_ok()).await
}

async fn validator(issuer: &str) -> String {
    let mut wanted = oidc_jwt_validator::ValidationSettings::new();
    wanted.set_issuer(&[issuer]);
    wanted.set_audience(&["app"]);
    let cache = oidc_jwt_validator::cache::Strategy::Automatic;
    let api = oidc_jwt_validator::Validator::new(issuer, reqwest::Client::new(), cache, wanted).await.ok();
    answers(issuer, async |token| match &api {
        Some(api) => api.validate::<Value>(token).await.is_ok(),
        None => false, // it does not start
    })
    .await
}

async fn axum_auth(issuer: &str) -> String {
    let mut wanted = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    wanted.set_issuer(&[issuer]);
    wanted.set_audience(&["app"]);
    let api = axum_jwt_auth::RemoteJwksDecoder::builder().jwks_url(format!("{issuer}/certs")).validation(wanted).build().unwrap();
    let _refreshing = api.initialize().await; // an error where it cannot read the set: it has no keys then
    answers(issuer, async |token| {
        let claims: Result<jsonwebtoken::TokenData<Value>, _> = api.decode(token).await;
        claims.is_ok()
    })
    .await
}

async fn tower_server(issuer: &str) -> String {
    use tower_oauth2_resource_server::{server::OAuth2ResourceServer, tenant::TenantConfiguration};
    let tenant = TenantConfiguration::builder(issuer).audiences(&["app"]).build().await.unwrap();
    let server = OAuth2ResourceServer::<Value>::builder().add_tenant(tenant).build().await.unwrap();
    let inner = service_fn(|_: http::Request<String>| async { Ok::<_, Infallible>(http::Response::new(String::new())) });
    let api = server.into_layer::<String>().layer(inner);
    answers(issuer, async |token| {
        for _ in 0..30 {
            let request = http::Request::builder().header("Authorization", format!("Bearer {token}")).body(String::new()).unwrap();
            if api.clone().oneshot(request).await.unwrap().status() == 200 {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await; // it fetches beside the requests
        }
        false
    })
    .await
}

async fn jwks_client(issuer: &str) -> String {
    let source = jwks_client_rs::source::WebSource::builder().build(format!("{issuer}/certs").parse().unwrap()).unwrap();
    let api = jwks_client_rs::JwksClient::builder().build(source);
    answers(issuer, async |token| api.decode::<Value>(token, &["app"]).await.is_ok()).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let base = std::env::args().nth(1).unwrap();
    for other in ["RSA-OAEP", "ES256", "Ed25519", "ES512", "ECDH-ES", "Ed448"] {
        let issuer = |api| format!("{base}/realms/{other}/{api}");
        println!(
            "{other}: jwt-authorizer{} oidc-jwt-validator{} axum-jwt-auth{} tower-oauth2-resource-server{} jwks_client_rs{}",
            authorizer(&issuer(1)).await,
            validator(&issuer(2)).await,
            axum_auth(&issuer(3)).await,
            tower_server(&issuer(4)).await,
            jwks_client(&issuer(5)).await,
        );
    }
}
RS
cargo build --quiet
"${CARGO_TARGET_DIR:-target}/debug/apis" "$(cat address)" | tee seen
diff seen - <<'SEEN'
RSA-OAEP: jwt-authorizer 200 401 oidc-jwt-validator 200 200 axum-jwt-auth 200 401 tower-oauth2-resource-server 200 401 jwks_client_rs 200 200
ES256: jwt-authorizer 200 oidc-jwt-validator 200 axum-jwt-auth 200 tower-oauth2-resource-server 200 jwks_client_rs 200
Ed25519: jwt-authorizer 200 oidc-jwt-validator 200 axum-jwt-auth 200 tower-oauth2-resource-server 200 jwks_client_rs 200
ES512: jwt-authorizer 401 oidc-jwt-validator 401 axum-jwt-auth 200 tower-oauth2-resource-server 200 jwks_client_rs 200
ECDH-ES: jwt-authorizer 401 oidc-jwt-validator 401 axum-jwt-auth 200 tower-oauth2-resource-server 200 jwks_client_rs 200
Ed448: jwt-authorizer 401 oidc-jwt-validator 401 axum-jwt-auth 401 tower-oauth2-resource-server 401 jwks_client_rs 200
SEEN
