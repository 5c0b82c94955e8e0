// SPDX-License-Identifier: Apache-2.0
//! The openidconnect crate as a client: it prints what a browser has to visit and reads where that came back to,
//! a line each, and ends well when all that it did was right.

use std::env;
use std::error::Error;
use std::io::{stdin, BufRead};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreProviderMetadata, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::reqwest::{blocking, redirect};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EmptyAdditionalClaims, IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse,
    UserInfoClaims,
};

type Failure = Box<dyn Error>;

fn setting(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|_| format!("{name} is not set").into())
}

/// Has the browser visit a URL; the parameters of the address that it was sent back to.
fn visit(url: &str) -> Result<Vec<(String, String)>, Failure> {
    println!("{url}");
    let line = stdin().lock().lines().next().ok_or("nobody visits")??;
    let came_back = openidconnect::url::Url::parse(line.trim())?;
    Ok(came_back.query_pairs().into_owned().collect())
}

fn parameter(pairs: &[(String, String)], name: &str) -> Result<String, Failure> {
    let found = pairs.iter().find(|(one, _)| one == name);
    found.map(|(_, value)| value.clone()).ok_or_else(|| format!("no {name} came back").into())
}

fn demand(holds: bool, what: &str) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(what.into()) }
}

fn main() -> Result<(), Failure> {
    let http = blocking::ClientBuilder::new().redirect(redirect::Policy::none()).build()?;
    let origin = setting("ORIGIN")?;
    let issuer = IssuerUrl::new(setting("ISSUER")?)?;
    let metadata = CoreProviderMetadata::discover(&issuer, &http)?;
    let logout = ProviderMetadataWithLogout::discover(&issuer, &http)?
        .additional_metadata()
        .end_session_endpoint
        .clone()
        .ok_or("discovery names no end_session_endpoint")?;
    let userinfo = metadata.userinfo_endpoint().is_some();
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new("web".to_owned()),
        Some(ClientSecret::new(setting("CLIENT_SECRET")?)),
    )
    .set_redirect_uri(RedirectUrl::new(format!("{origin}/callback"))?);
    demand(userinfo, "discovery names no userinfo_endpoint")?;

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let answer = visit(url.as_str())?;
    demand(&parameter(&answer, "state")? == state.secret(), "another state came back")?;
    let code = AuthorizationCode::new(parameter(&answer, "code")?);
    let tokens: CoreTokenResponse =
        client.exchange_code(code)?.set_pkce_verifier(verifier).request(&http)?;

    let id_token = tokens.id_token().ok_or("no ID token")?;
    let checks = client.id_token_verifier();
    let claims = id_token.claims(&checks, &nonce)?;
    let mail = claims.email().ok_or("no email in the ID token")?;
    demand(mail.as_str() == "alice@example.com", "another email")?;
    let hash = claims.access_token_hash().ok_or("no at_hash")?;
    let expected = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg()?,
        id_token.signing_key(&checks)?,
    )?;
    demand(hash == &expected, "at_hash is of another token")?;
    demand(
        id_token.claims(&checks, &Nonce::new_random()).is_err(),
        "an ID token with another nonce was taken",
    )?;

    let known = |token: &AccessToken| -> Result<CoreUserInfoClaims, Failure> {
        let subject = claims.subject().clone();
        let found: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> =
            client.user_info(token.clone(), Some(subject))?.request(&http)?;
        Ok(found)
    };
    demand(known(tokens.access_token())?.email() == Some(mail), "userinfo has another email")?;

    let old = tokens.refresh_token().ok_or("no refresh token")?;
    let fresh = client.exchange_refresh_token(old)?.request(&http)?;
    demand(fresh.access_token().secret() != tokens.access_token().secret(), "the same access token")?;
    let again = fresh.id_token().ok_or("no ID token after a refresh")?;
    let same = again.claims(&checks, |_: Option<&Nonce>| Ok(()))?;
    demand(same.subject() == claims.subject(), "another subject after a refresh")?;
    known(fresh.access_token())?;

    let leaving = LogoutRequest::from(logout)
        .set_id_token_hint(again)
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(format!("{origin}/left"))?)
        .set_state(CsrfToken::new("bye".to_owned()));
    let answer = visit(leaving.http_get_url().as_str())?;
    demand(parameter(&answer, "state")? == "bye", "another state came back from the logout")?;
    demand(known(fresh.access_token()).is_err(), "userinfo answers after the logout")?;
    let last = fresh.refresh_token().ok_or("no refresh token after a refresh")?;
    demand(
        client.exchange_refresh_token(last)?.request(&http).is_err(),
        "a refresh after the logout was granted",
    )?;
    Ok(())
}
