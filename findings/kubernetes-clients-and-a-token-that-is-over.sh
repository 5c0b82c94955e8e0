#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A kubeconfig may name a provider: "auth-provider" with name "oidc", an ID token, a refresh token, the client and its secret if it has
# one. kubectl refreshes the token when it is over and goes on. Do the clients of other languages, of which a realm's ID tokens live
# five minutes?
#
# Expected: as client-go: one refresh for many requests, for public clients as for those with a secret, and again when the new one ends.
# Seen: fabric8's does the same. The official ones do not. That for JavaScript cannot refresh: openid-client, by which it
# does, wants the issuer as a URL and is given its text; '"server" must be an instance of URL' is the error of each request.
# Python's and Java's refresh while they read the kubeconfig, and never after: five minutes later every request is answered with 401
# until the program makes a new client. Python's wants client-secret even of a public client; an empty one will do.
# For us: nothing to do; docs/usage/provider-programs.md names the clients, and "exec" as the way out.
#
# Client libraries: client-go 0.37.2, kubernetes (PyPI) 37.0.2, @kubernetes/client-node 2.0.1 with node 24, which it needs
# (1.4.0 does the same), io.kubernetes:client-java 27.0.0, io.fabric8:kubernetes-client 8.0.0.
set -euo pipefail
work=$(mktemp -d)
pid=''
trap 'kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

npm init -y >/dev/null
npm install --silent --no-audit --no-fund @kubernetes/client-node@2.0.1 node@24
python3 -m venv v
v/bin/pip -q install kubernetes==37.0.2

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost >/dev/null 2>&1

# A provider and a cluster in a few lines. The issuer's path says who asks and in which case; refresh tokens rotate.
cat >server.mjs <<'JS'
import https from 'node:https'
import fs from 'node:fs'

const refreshes = {}, last = {}, alive = new Map()
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const make = (until) => {
  const token = `${base64({ alg: 'RS256', kid: 'k' })}.${base64({ aud: 'app', exp: until, jti: Math.random() })}.c2lnbmVk`
  return alive.set(token, until), token
}
const now = () => Math.floor(Date.now() / 1000)
const server = https.createServer({ key: fs.readFileSync('key.pem'), cert: fs.readFileSync('cert.pem') }, async (request, response) => {
  let form = ''
  for await (const part of request) form += part
  const answer = (status, body) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  const base = `https://${request.headers.host}`
  const [, who, name, rest] = request.url.match(/^\/([^/]+)\/([^/]+)(\/.*)$/) ?? []
  const at = `${who}/${name}`
  if (rest === '/.well-known/openid-configuration') {
    const issuer = `${base}/${at}`
    return answer(200, { issuer, token_endpoint: `${issuer}/token`, authorization_endpoint: `${issuer}/auth`, jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'] })
  }
  if (rest === '/kubeconfig') {
    const ca = fs.readFileSync('cert.pem').toString('base64')
    last[at] = 'first'
    const config = { 'client-id': 'app', 'idp-issuer-url': `${base}/${at}`, 'refresh-token': 'first', 'id-token': make(now() - 60),
      'idp-certificate-authority-data': ca, ...(name !== 'public' && { 'client-secret': 's' }) }
    return answer(200, { apiVersion: 'v1', kind: 'Config', 'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: base, 'certificate-authority-data': ca } }],
      users: [{ name: 'u', user: { 'auth-provider': { name: 'oidc', config } } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }] })
  }
  if (rest === '/refreshes') return answer(200, refreshes[at] ?? 0)
  if (rest === '/token') {
    const field = new URLSearchParams(form)
    const [basicId, basicSecret] = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64').toString().split(':')
    const secret = (field.get('client_secret') ?? '') || (basicSecret ?? '')
    if ((field.get('client_id') ?? basicId) !== 'app' || (name !== 'public' && secret !== 's')) return answer(401, { error: 'invalid_client' })
    if (field.get('refresh_token') !== last[at]) return answer(400, { error: 'invalid_grant' })
    refreshes[at] = (refreshes[at] ?? 0) + 1
    last[at] = `refresh-${refreshes[at]}`
    const lives = name === 'short' ? 8 : 300
    return answer(200, { token_type: 'Bearer', expires_in: lives, access_token: 'a', refresh_token: last[at],
      id_token: make(now() + lives) })
  }
  const bearer = request.headers.authorization?.replace(/^Bearer /, '')
  if (request.url.startsWith('/version') && (alive.get(bearer) ?? 0) > now())
    return answer(200, { major: '1', minor: '34', gitVersion: 'v1', gitCommit: 'c', gitTreeState: 'clean', buildDate: '2026-01-01T00:00:00Z',
      goVersion: 'go', compiler: 'gc', platform: 'linux' })
  answer(401, { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: 401, reason: 'Unauthorized' })
})
server.listen(0, '127.0.0.1', () => console.log(`https://localhost:${server.address().port}`))
JS
node server.mjs >address &
pid=$!
until [ -s address ]; do sleep 0.1; done
base=$(cat address)

cat >ask.mjs <<'JS'
import { KubeConfig, VersionApi } from '@kubernetes/client-node'

const config = new KubeConfig()
config.loadFromFile(process.argv[2])
const api = config.makeApiClient(VersionApi)
for (let i = 0; i < 3; i++) {
  if (i === 2 && process.argv[3] === 'short') await new Promise((done) => setTimeout(done, 9000))
  console.log(await api.getCode().then(() => 200, (error) => (error.code === 'ERR_INVALID_ARG_TYPE' ? error.message : error.code)))
}
JS
cat >ask.py <<'PY'
import sys
import time

from kubernetes import client, config

try:
    config.load_kube_config(sys.argv[1])
    api = client.VersionApi()
    for i in range(3):
        if i == 2 and sys.argv[2] == "short":
            time.sleep(9)
        try:
            api.get_code()
            print(200)
        except client.ApiException as error:
            print(error.status)
except Exception as error:
    print(type(error).__name__)
PY
mkdir go && cd go
cat >main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"k8s.io/client-go/rest"
	_ "k8s.io/client-go/plugin/pkg/client/auth/oidc"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		panic(err)
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		panic(err)
	}
	for i := range 3 {
		if i == 2 && os.Args[2] == "short" {
			time.Sleep(9000 * time.Millisecond)
		}
		answer, err := client.Get(config.Host + "/version")
		if err != nil {
			fmt.Println("error")
			continue
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		fmt.Println(answer.StatusCode)
	}
}
GO
go mod init findings >/dev/null 2>&1
GOFLAGS=-mod=mod go get k8s.io/client-go@v0.37.2 >/dev/null 2>&1
GOFLAGS=-mod=mod go mod tidy >/dev/null 2>&1
go build -o ../ask-go . && cd ..

mkdir -p f8/src/main/java cj/src/main/java
cat >f8/src/main/java/Ask.java <<'JAVA'
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;

class Ask {
    public static void main(String[] args) throws Exception {
        try (var client = new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(new File(args[0]))).build()) {
            for (int i = 0; i < 3; i++) {
                if (i == 2 && args[1].equals("short")) Thread.sleep(9000);
                try {
                    client.getKubernetesVersion();
                    System.out.println(200);
                } catch (KubernetesClientException error) {
                    System.out.println(error.getCode());
                }
            }
        }
    }
}
JAVA
cat >cj/src/main/java/Ask.java <<'JAVA'
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.VersionApi;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import java.io.File;
import java.io.FileReader;

class Ask {
    public static void main(String[] args) throws Exception {
        var config = KubeConfig.loadKubeConfig(new FileReader(args[0]));
        config.setFile(new File(args[0]));
        var api = new VersionApi(ClientBuilder.kubeconfig(config).build());
        for (int i = 0; i < 3; i++) {
            if (i == 2 && args[1].equals("short")) Thread.sleep(9000);
            try {
                api.getCode().execute();
                System.out.println(200);
            } catch (ApiException error) {
                System.out.println(error.getCode());
            }
        }
    }
}
JAVA
pom() {
    cat >"$1/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>ask</artifactId><version>1</version>
  <properties><maven.compiler.source>17</maven.compiler.source><maven.compiler.target>17</maven.compiler.target><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencies>
    <dependency><groupId>$2</groupId><artifactId>$3</artifactId><version>$4</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
XML
    mvn -q -B -f "$1/pom.xml" compile dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
}
pom f8 io.fabric8 kubernetes-client 8.0.0
pom cj io.kubernetes client-java 27.0.0

run_client-go() { ./ask-go "$@"; }
run_python() { v/bin/python -W ignore ask.py "$@"; }
run_node() { node_modules/.bin/node ask.mjs "$@"; }
run_fabric8() { java -Xmx256m -cp 'f8/target/classes:f8/lib/*' Ask "$@"; }
run_client-java() { java -Xmx256m -cp 'cj/target/classes:cj/lib/*' Ask "$@"; }
for who in client-go python node fabric8 client-java; do
    for name in secret public short; do
        curl -fsS --cacert cert.pem "$base/$who/$name/kubeconfig" >kubeconfig
        seen=$(HOME=$work "run_$who" kubeconfig "$name" 2>log | uniq -c | awk '{ $1 = $1 " x"; print }' | paste -sd,)
        refreshes=$(curl -fsS --cacert cert.pem "$base/$who/$name/refreshes")
        [ "$refreshes" -lt 2 ] || refreshes=several
        echo "$who, $name: $seen; refreshes: $refreshes"
    done
done >seen

cat seen
cat >expected <<'TEXT'
client-go, secret: 3 x 200; refreshes: 1
client-go, public: 3 x 200; refreshes: 1
client-go, short: 3 x 200; refreshes: several
python, secret: 3 x 200; refreshes: 1
python, public: 1 x ConfigException; refreshes: 0
python, short: 2 x 200,1 x 401; refreshes: 1
node, secret: 3 x "server" must be an instance of URL; refreshes: 0
node, public: 3 x "server" must be an instance of URL; refreshes: 0
node, short: 3 x "server" must be an instance of URL; refreshes: 0
fabric8, secret: 3 x 200; refreshes: 1
fabric8, public: 3 x 200; refreshes: 1
fabric8, short: 3 x 200; refreshes: several
client-java, secret: 3 x 200; refreshes: 1
client-java, public: 3 x 200; refreshes: 1
client-java, short: 2 x 200,1 x 401; refreshes: 1
TEXT
diff expected seen
