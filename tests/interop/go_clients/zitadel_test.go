// SPDX-License-Identifier: Apache-2.0

package clients

import (
	"context"
	"errors"
	"testing"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/client/rs"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// zitadel/oidc as relying party and as resource server: its own checks of each answer, introspection, revocation.
func TestZitadel(t *testing.T) {
	ctx := context.Background()
	party, err := rp.NewRelyingPartyOIDC(ctx, issuer, client, secret, callback, scopes)
	must(t, err)
	browser, verifier := newBrowser(t), "a-verifier-of-more-than-forty-three-characters-it-is"
	address := rp.AuthURL("state-1", party, rp.WithCodeChallenge(oidc.NewSHACodeChallenge(verifier)))
	back := logIn(t, browser, address)
	tokens, err := rp.CodeExchange[*oidc.IDTokenClaims](ctx, back.Get("code"), party, rp.WithCodeVerifier(verifier))
	must(t, err)
	equal(t, tokens.IDTokenClaims.Email, "alice@example.com")
	subject := tokens.IDTokenClaims.Subject
	info, err := rp.Userinfo[*oidc.UserInfo](ctx, tokens.AccessToken, tokens.TokenType, subject, party)
	must(t, err)
	equal(t, info.PreferredUsername, "alice")

	fresh, err := rp.RefreshTokens[*oidc.IDTokenClaims](ctx, party, tokens.RefreshToken, "", "")
	must(t, err)
	equal(t, fresh.IDTokenClaims.Subject, subject)
	server, err := rs.NewResourceServerClientCredentials(ctx, issuer, client, secret)
	must(t, err)
	seen, err := rs.Introspect[*oidc.IntrospectionResponse](ctx, server, fresh.AccessToken)
	must(t, err)
	equal(t, seen.Active, true)
	equal(t, seen.ClientID, client)

	home, err := rp.EndSession(ctx, party, fresh.IDToken, origin+"/bye", "bye", "", nil)
	must(t, err)
	equal(t, home.String(), origin+"/bye?state=bye")
	_, err = rp.RefreshTokens[*oidc.IDTokenClaims](ctx, party, fresh.RefreshToken, "", "")
	var refused *oidc.Error
	if !errors.As(err, &refused) && err == nil {
		t.Fatal("the session is over")
	}

	own, err := rp.ClientCredentials(ctx, party, nil)
	must(t, err)
	must(t, rp.RevokeToken(ctx, party, own.AccessToken, "access_token"))
}
