// SPDX-License-Identifier: Apache-2.0

// Package clients has Go's OpenID Connect libraries log in at a provider, which the environment names.
package clients

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"testing"
)

var (
	issuer   = os.Getenv("ISSUER")
	secret   = os.Getenv("CLIENT_SECRET")
	origin   = os.Getenv("ORIGIN")
	callback = origin + "/callback"
	scopes   = []string{"openid", "email"}
	form     = regexp.MustCompile(`(?s)<form[^>]*id="kc-form-login"[^>]*>`)
	action   = regexp.MustCompile(`action="([^"]+)"`)
)

const client = "web"

// A browser that follows no redirects.
func newBrowser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, seen, expected T) {
	t.Helper()
	if seen != expected {
		t.Fatalf("%v, expected %v", seen, expected)
	}
}

// logIn goes to the address, fills in the login form if there is one, and returns the parameters of the callback.
func logIn(t *testing.T, browser *http.Client, address string) url.Values {
	t.Helper()
	answer, err := browser.Get(address)
	must(t, err)
	page, err := io.ReadAll(answer.Body)
	must(t, err)
	answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		target := action.FindStringSubmatch(form.FindString(string(page)))
		if target == nil {
			t.Fatalf("no login form: %s", page)
		}
		answer, err = browser.PostForm(html.UnescapeString(target[1]),
			url.Values{"username": {"alice"}, "password": {"alice-password"}})
		must(t, err)
		answer.Body.Close()
	}
	back, err := answer.Location()
	must(t, err)
	return back.Query()
}

// asksAgain is true if the provider wants a password of this browser.
func asksAgain(t *testing.T, browser *http.Client, address string) bool {
	t.Helper()
	answer, err := browser.Get(address)
	must(t, err)
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}
