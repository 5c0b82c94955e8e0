#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A program in Go signs its user in at a realm of Keycloak: by golang.org/x/oauth2, with the endpoints that go-oidc has of the discovery
# document. One is a command of a public client, whose user confirms a code on the phone (device flow, RFC 8628, asked every 5 seconds);
# another sends a name and a password. The realm has its brute force detection on, with the values that it comes with.
#
# Expected: a poll each 5 seconds, and the token with the first one after the user has confirmed, here after 32 seconds. Whoever mistypes a
# password tries again.
# Seen: the token comes after 50 seconds, had the user taken a minute it would be 75, and so on. Who mistypes once is locked out for a
# minute: the right password is refused as well, as "Invalid user credentials".
# go-oidc's endpoints do not say how a client proves itself, and x/oauth2 asks each request that is refused a second time at once, with the
# client's ID in the form instead of the header, until one has been good. "authorization_pending" is such a refusal. So each poll is two,
# the second is answered by slow_down, and for that 5 seconds are added each time: 5, 10, 15, 20. One wrong password is two within a
# second, which is what quickLoginCheckMilliSeconds looks for. With Endpoint.AuthStyle set each is asked once (a poll that
# comes a moment early may still be told to slow down). A client with a secret has no device flow at all: x/oauth2 sends none at its
# begin, and the realm says "unauthorized_client".
# For us: device flow and detection are as Keycloak's; docs/usage/provider-programs.md says what to set.
#
# golang.org/x/oauth2 0.38.0, go-oidc 3.21.0, Keycloak 26.7.3.
set -euo pipefail
version=26.7.3
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

cat >go.mod <<'GO'
module ask

go 1.25

require (
	github.com/coreos/go-oidc/v3 v3.21.0
	golang.org/x/oauth2 v0.38.0
)
GO
cat >ask.go <<'GO'
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// watch is a transport that notes when the token endpoint is asked, and what it answers.
type watch struct {
	start       time.Time
	seen        []string
	last, polls int
}

func (w *watch) RoundTrip(request *http.Request) (*http.Response, error) {
	after := int(time.Since(w.start).Round(5 * time.Second).Seconds())
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil || request.Method != "POST" || !strings.HasSuffix(request.URL.Path, "/token") {
		return response, err
	}
	text, err := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(text))
	told := struct{ Error string }{"token"}
	json.Unmarshal(text, &told)
	w.seen = append(w.seen, fmt.Sprintf("%d s %s", after, told.Error))
	if after != w.last {
		w.last, w.polls = after, w.polls+1
	}
	return response, err
}

func watched() (*watch, context.Context) {
	w := &watch{start: time.Now()}
	return w, context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: w})
}

var (
	action = regexp.MustCompile(`action="([^"]+)"`)
	hidden = regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`)
)

// confirm does what a person does with a browser: signs in, says yes.
func confirm(address, name string) {
	cookies := map[string]string{}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	browser := &http.Client{CheckRedirect: stay}
	ask := func(method, address string, form url.Values) (string, *url.URL) {
		request, _ := http.NewRequest(method, address, strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range cookies {
			request.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		response, err := browser.Do(request)
		if err != nil {
			panic(err)
		}
		defer response.Body.Close()
		for _, cookie := range response.Cookies() {
			cookies[cookie.Name] = cookie.Value
		}
		text, _ := io.ReadAll(response.Body)
		to, _ := response.Location()
		return string(text), to
	}
	page, to := ask("GET", address, nil)
	for range 9 {
		if to != nil {
			page, to = ask("GET", to.String(), nil)
			continue
		}
		found := action.FindStringSubmatch(page)
		if found == nil {
			return
		}
		form := url.Values{"username": {name}, "password": {name + "-password"}}
		if strings.Contains(page, `name="accept"`) {
			form = url.Values{"accept": {"Yes"}}
		}
		for _, field := range hidden.FindAllStringSubmatch(page, -1) {
			form.Set(field[1], field[2])
		}
		base, _ := url.Parse(address)
		next, _ := base.Parse(html.UnescapeString(found[1]))
		page, to = ask("POST", next.String(), form)
	}
}

func device(endpoint oauth2.Endpoint, user string) *watch {
	config := &oauth2.Config{ClientID: "tv", Endpoint: endpoint, Scopes: []string{"openid"}}
	_, ctx := watched()
	begun, err := config.DeviceAuth(ctx)
	if err != nil {
		panic(err)
	}
	time.AfterFunc(32*time.Second, func() { confirm(begun.VerificationURIComplete, user) })
	w, ctx := watched()
	if _, err = config.DeviceAccessToken(ctx, begun); err != nil {
		panic(err)
	}
	return w
}

func main() {
	provider, err := oidc.NewProvider(context.Background(), os.Args[1])
	if err != nil {
		panic(err)
	}
	as := provider.Endpoint()
	told := provider.Endpoint()
	told.AuthStyle = oauth2.AuthStyleInHeader
	for _, way := range []struct {
		name, user string
		endpoint   oauth2.Endpoint
	}{{"as it comes", "ann", as}, {"told", "ben", told}} {
		config := &oauth2.Config{ClientID: "shop", ClientSecret: "shop-secret", Endpoint: way.endpoint}
		for _, password := range []string{"mistyped", way.user + "-password"} {
			w, ctx := watched()
			_, err := config.PasswordCredentialsToken(ctx, way.user, password)
			fmt.Printf("%s, %s: asked %d times, %v\n", way.name, password, len(w.seen), err)
		}
		_, ctx := watched()
		_, err := config.DeviceAuth(ctx)
		fmt.Printf("%s, device of a client with a secret: %v\n", way.name, err)
	}
	comes := make(chan *watch)
	go func() { comes <- device(as, "cleo") }()
	w := device(told, "dan")
	fmt.Printf("told, device: one request for each poll %v, the token within 45 s %v\n", len(w.seen) == w.polls, w.last <= 45)
	fmt.Println("as it comes, device:", strings.Join((<-comes).seen, ", "))
}
GO
export GOPATH=$work/go
go mod tidy >/dev/null 2>&1
go build -o ask .

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz -DoutputDirectory=. >/dev/null 2>&1
tar -xzf keycloak-quarkus-dist-$version.tar.gz
mkdir -p keycloak-$version/data/import
python3 - keycloak-$version/data/import/shop-realm.json <<'PY'
import json
import sys

DEVICE = {"oauth2.device.authorization.grant.enabled": "true"}


def user(name):
    told = {"username": name, "enabled": True, "email": f"{name}@shop.example", "firstName": name, "lastName": "Lee"}
    return {**told, "credentials": [{"type": "password", "value": f"{name}-password"}]}


clients = [
    {"clientId": "tv", "publicClient": True, "standardFlowEnabled": False, "attributes": DEVICE},
    {"clientId": "shop", "secret": "shop-secret", "directAccessGrantsEnabled": True, "attributes": DEVICE},
]
realm = {"realm": "shop", "enabled": True, "bruteForceProtected": True, "clients": clients}
with open(sys.argv[1], "w") as file:
    json.dump({**realm, "users": [user(name) for name in ("ann", "ben", "cleo", "dan")]}, file)
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
keycloak-$version/bin/kc.sh start-dev --import-realm --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
pid=$!
for _ in $(seq 480); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/realms/shop" && break
    sleep 0.5
done
./ask "http://127.0.0.1:$port/realms/shop" >seen
cat seen
diff seen - <<'TEXT'
as it comes, mistyped: asked 2 times, oauth2: "invalid_grant" "Invalid user credentials"
as it comes, ann-password: asked 2 times, oauth2: "invalid_grant" "Invalid user credentials"
as it comes, device of a client with a secret: oauth2: "unauthorized_client" "Invalid client or Invalid client credentials"
told, mistyped: asked 1 times, oauth2: "invalid_grant" "Invalid user credentials"
told, ben-password: asked 1 times, <nil>
told, device of a client with a secret: oauth2: "unauthorized_client" "Invalid client or Invalid client credentials"
told, device: one request for each poll true, the token within 45 s true
as it comes, device: 5 s authorization_pending, 5 s slow_down, 15 s authorization_pending, 15 s slow_down, 30 s authorization_pending, 30 s slow_down, 50 s token
TEXT
