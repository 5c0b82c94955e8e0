// SPDX-License-Identifier: Apache-2.0

package clients

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// go-oidc with x/oauth2: discovery, PKCE, nonce, at_hash, userinfo, refresh when the token is over, logout.
func TestGoOIDC(t *testing.T) {
	ctx := context.Background()
	provider, err := oidc.NewProvider(ctx, issuer)
	must(t, err)
	config := oauth2.Config{
		ClientID: client, ClientSecret: secret, Endpoint: provider.Endpoint(), RedirectURL: callback, Scopes: scopes,
	}
	browser, verifier := newBrowser(t), oauth2.GenerateVerifier()
	address := config.AuthCodeURL("state-1", oidc.Nonce("nonce-1"), oauth2.S256ChallengeOption(verifier))
	back := logIn(t, browser, address)
	equal(t, back.Get("state"), "state-1")
	equal(t, back.Get("iss"), issuer)
	token, err := config.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(verifier))
	must(t, err)

	raw := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: client}).Verify(ctx, raw)
	must(t, err)
	equal(t, id.Nonce, "nonce-1")
	must(t, id.VerifyAccessToken(token.AccessToken))
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	must(t, err)
	equal(t, info.Email, "alice@example.com")

	old := *token
	old.Expiry = time.Now().Add(-time.Minute)
	fresh, err := config.TokenSource(ctx, &old).Token()
	must(t, err)
	if fresh.AccessToken == token.AccessToken {
		t.Fatal("the same token again")
	}

	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	must(t, provider.Claims(&metadata))
	leaving := url.Values{"id_token_hint": {raw}, "post_logout_redirect_uri": {origin + "/bye"}}
	answer, err := browser.Get(metadata.EndSession + "?" + leaving.Encode())
	must(t, err)
	answer.Body.Close()
	equal(t, answer.Header.Get("Location"), origin+"/bye")
	equal(t, asksAgain(t, browser, address), true)

	fresh.Expiry = old.Expiry
	_, err = config.TokenSource(ctx, fresh).Token()
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		t.Fatalf("no refusal: %v", err)
	}
	equal(t, refused.ErrorCode, "invalid_grant")
}
