#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A private Ed25519 key in PKCS#8 may have its public half beside it: RFC 5958 (2010) has a field for it, and RFC 8410 §10.3 such a key as
# an example. Who writes keys so, and who reads them?
#
# Expected: a file that says BEGIN PRIVATE KEY is read by all, or the two halves cost nobody anything.
# Seen: OpenSSL, Go, JDK, Node and Python's cryptography write the seed alone. BouncyCastle 1.87 (so Java programs that have it), and in
# Rust ring 0.17.14, rcgen 0.14.10 and ed25519-dalek 3.0.0 write both, unasked.
# What has both is refused by OpenSSL 3.0 and by what stands on it or reads as it does: Node 20, Ruby 3.1, Python's cryptography 50.0.2
# (so PyJWT, Authlib, joserfc, jwcrypto), and jose 6.2.18 by them; also by jwt-simple 0.15.0 and Bun 1.4.5 (BoringSSL). They say
# "DECODER routines::unsupported", "Could not read private key" or "Invalid keyData", all of which speaks of a curve or a password
# and none of a field too many. Go, JDK 17, BouncyCastle, pycryptodome, Perl's CryptX, rcgen, ed25519-dalek and jsonwebtoken 12.0.0 take it.
# The other way round ring refuses what has the seed alone, so the keys of `openssl genpkey`, unless the program asks for
# from_pkcs8_maybe_unchecked.
# For us: a key is read with and without its public half, which has to be the right one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>halves</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.bouncycastle</groupId><artifactId>bcpkix-jdk18on</artifactId><version>1.87</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
cat >Keys.java <<'JAVA'
import java.nio.file.*;
import java.security.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

public class Keys {
    public static void main(String[] names) throws Exception {
        Security.addProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider());
        for (String[] maker : new String[][] {{"JDK", "SunEC"}, {"BouncyCastle", "BC"}}) {
            if (names.length == 0) {
                byte[] key = KeyPairGenerator.getInstance("Ed25519", maker[1]).generateKeyPair().getPrivate().getEncoded();
                String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
                Files.writeString(Path.of(maker[0] + ".pem"), "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n");
            }
            for (String name : names) {
                byte[] key = Base64.getMimeDecoder().decode(Files.readString(Path.of(name + ".pem")).replaceAll("-----[^-]*-----", ""));
                boolean taken = true;
                try {
                    KeyFactory.getInstance("Ed25519", maker[1]).generatePrivate(new PKCS8EncodedKeySpec(key));
                } catch (GeneralSecurityException refusal) {
                    taken = false;
                }
                System.out.println(maker[0] + " " + name + " " + (taken ? "taken" : "refused"));
            }
        }
    }
}
JAVA

mkdir -p rust/src
cat >rust/Cargo.toml <<'TOML'
[package]
name = "keys"
version = "0.1.0"
edition = "2021"
[dependencies]
ring = "=0.17.14"
rcgen = { version = "=0.14.10", default-features = false, features = ["ring", "pem"] }
ed25519-dalek = { version = "=3.0.0", features = ["pkcs8", "pem"] }
jsonwebtoken = { version = "=12.0.0", features = ["rust_crypto"] }
jwt-simple = { version = "=0.15.0", default-features = false, features = ["pure-rust"] }
serde_json = "1"
base64 = "0.22"
TOML
cat >rust/src/main.rs <<'RUST'
use base64::{engine::general_purpose::STANDARD, Engine};
use ed25519_dalek::pkcs8::{spki::der::pem::LineEnding, DecodePrivateKey, EncodePrivateKey};
use ed25519_dalek::SigningKey;
use ring::signature::Ed25519KeyPair;
use std::fs;

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

fn write() {
    let random = ring::rand::SystemRandom::new();
    let mut seed = [0u8; 32];
    ring::rand::SecureRandom::fill(&random, &mut seed).unwrap();
    fs::write("ring.pem", pem(Ed25519KeyPair::generate_pkcs8(&random).unwrap().as_ref())).unwrap();
    fs::write("rcgen.pem", rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap().serialize_pem()).unwrap();
    fs::write("ed25519-dalek.pem", SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF).unwrap()).unwrap();
}

fn signs(text: &str) -> bool {
    let Ok(key) = jsonwebtoken::EncodingKey::from_ed_pem(text.as_bytes()) else { return false };
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
    jsonwebtoken::encode(&header, &serde_json::json!({"sub": "ann"}), &key).is_ok()
}

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() {
        return write();
    }
    let readers: [(&str, fn(&str) -> bool); 5] = [
        ("ring", |text| {
            let der = STANDARD.decode(text.lines().filter(|l| !l.starts_with('-')).collect::<String>()).unwrap();
            Ed25519KeyPair::from_pkcs8(&der).is_ok()
        }),
        ("rcgen", |text| rcgen::KeyPair::from_pem(text).is_ok()),
        ("ed25519-dalek", |text| SigningKey::from_pkcs8_pem(text).is_ok()),
        ("jsonwebtoken", signs),
        ("jwt-simple", |text| jwt_simple::prelude::Ed25519KeyPair::from_pem(text).is_ok()),
    ];
    for (reader, reads) in readers {
        for name in &names {
            let good = reads(&fs::read_to_string(format!("{name}.pem")).unwrap());
            println!("{reader} {name} {}", if good { "taken" } else { "refused" });
        }
    }
}
RUST
(cd rust && cargo build -q)

mkdir go
cat >go/main.go <<'GO'
package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) == 1 {
		_, key, _ := ed25519.GenerateKey(nil)
		der, _ := x509.MarshalPKCS8PrivateKey(key)
		os.WriteFile("Go.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
	}
	for _, name := range os.Args[1:] {
		text, _ := os.ReadFile(name + ".pem")
		block, _ := pem.Decode(text)
		_, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		fmt.Println("Go", name, map[bool]string{true: "taken", false: "refused"}[err == nil])
	}
}
GO
(cd go && go mod init findings >/dev/null 2>&1 && go build -o keys .)

python3 -m venv v
v/bin/pip -q install cryptography==50.0.2 jwcrypto==1.6.1 pycryptodome==4.4.0
cat >keys.py <<'PY'
import sys

from Crypto.PublicKey import ECC
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from jwcrypto.jwk import JWK

if not sys.argv[1:]:
    key = ed25519.Ed25519PrivateKey.generate()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    open("cryptography.pem", "wb").write(key.private_bytes(*form))
readers = {"cryptography": lambda text: serialization.load_pem_private_key(text, None), "jwcrypto": JWK.from_pem, "pycryptodome": ECC.import_key}
for reader, reads in readers.items():
    for name in sys.argv[1:]:
        try:
            reads(open(f"{name}.pem", "rb").read())
            print(reader, name, "taken")
        except ValueError:
            print(reader, name, "refused")
PY

npm init -y >/dev/null
npm install --silent --no-audit --no-fund jose@6.2.18 bun@1.4.5 deno@2.9.6
cat >keys.mjs <<'JS'
import { readFileSync, writeFileSync } from 'node:fs'
import { createPrivateKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import process from 'node:process'
globalThis.crypto ??= webcrypto
const { importPKCS8 } = await import('jose')
const [where, ...names] = process.argv.slice(2)
if (names.length === 0) writeFileSync('Node.pem', generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }))
const readers = { [where]: async (text) => createPrivateKey(text), [`jose-in-${where}`]: (text) => importPKCS8(text, 'EdDSA') }
for (const [reader, reads] of Object.entries(readers)) {
  for (const name of names) {
    const taken = await reads(readFileSync(`${name}.pem`, 'utf8')).then(() => true, () => false)
    console.log(reader, name, taken ? 'taken' : 'refused')
  }
}
JS

mkdir debs
(cd debs && apt-get -qq download libcryptx-perl 2>/dev/null)
dpkg -x debs/*.deb root
PERL5LIB=$(find "$work/root" -type d -path '*/perl5/[0-9]*' -prune | head -1)
export PERL5LIB

openssl genpkey -algorithm ed25519 -out OpenSSL.pem
java -cp 'jars/*' Keys.java
rust/target/debug/keys
go/keys
v/bin/python keys.py
node keys.mjs Node
names=(OpenSSL Go JDK Node cryptography BouncyCastle rcgen ed25519-dalek ring)
{
    for name in "${names[@]}"; do
        openssl pkey -in "$name.pem" -noout >/dev/null 2>&1 && echo "OpenSSL $name taken" || echo "OpenSSL $name refused"
        ruby -ropenssl -e 'OpenSSL::PKey.read(File.read(ARGV[0]))' "$name.pem" 2>/dev/null && echo "Ruby $name taken" || echo "Ruby $name refused"
        perl -MCrypt::PK::Ed25519 -e 'Crypt::PK::Ed25519->new($ARGV[0])' "$name.pem" 2>/dev/null && echo "CryptX $name taken" || echo "CryptX $name refused"
    done
    java -cp 'jars/*' Keys.java "${names[@]}"
    rust/target/debug/keys "${names[@]}"
    go/keys "${names[@]}"
    v/bin/python keys.py "${names[@]}"
    node keys.mjs Node "${names[@]}"
    node_modules/.bin/bun keys.mjs Bun "${names[@]}"
    node_modules/.bin/deno run --allow-all keys.mjs Deno "${names[@]}"
} >asked
cat >told.py <<'PY'
# One line for a reader: whose keys it refuses.
refused = {}
for line in open("asked"):
    reader, name, answer = line.split()
    refused.setdefault(reader, [])
    if answer == "refused":
        refused[reader].append(name)
for reader, names in refused.items():
    print(f"{reader} refuses: {', '.join(names) or 'none'}")
PY
python3 told.py | tee seen
diff seen - <<'TEXT'
OpenSSL refuses: BouncyCastle, rcgen, ed25519-dalek, ring
Ruby refuses: BouncyCastle, rcgen, ed25519-dalek, ring
CryptX refuses: none
JDK refuses: none
BouncyCastle refuses: none
ring refuses: OpenSSL, Go, JDK, Node, cryptography
rcgen refuses: none
ed25519-dalek refuses: none
jsonwebtoken refuses: none
jwt-simple refuses: BouncyCastle, rcgen, ed25519-dalek, ring
Go refuses: none
cryptography refuses: BouncyCastle, rcgen, ed25519-dalek, ring
jwcrypto refuses: BouncyCastle, rcgen, ed25519-dalek, ring
pycryptodome refuses: none
Node refuses: BouncyCastle, rcgen, ed25519-dalek, ring
jose-in-Node refuses: BouncyCastle, rcgen, ed25519-dalek, ring
Bun refuses: BouncyCastle, rcgen, ed25519-dalek, ring
jose-in-Bun refuses: BouncyCastle, rcgen, ed25519-dalek, ring
Deno refuses: none
jose-in-Deno refuses: none
TEXT
