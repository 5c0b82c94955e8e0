#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The protected header of a COSE message (CWT, RFC 8392, is one) is a byte string with a CBOR map inside, in whatever encoding its
# writer chose: RFC 9052 §9 restricts only what is signed around it. A map that is empty is written as a string of no bytes, and
# recipients must take a map of no entries, h'a0', as well (§3); what is signed has no bytes in both cases (§4.4). Eight libraries
# verify four messages of one key: the usual one; one whose label 1 takes two bytes; one whose map does not say its length; and one
# with h'a0', whose algorithm stands beside it, as in the working group's own example sign1-tests/sign-pass-01.
#
# Expected: all take all.
# Seen: h'a0' divides them: cwt, pycose, cose-js, cose-java and authlete's cbor take it, and coset (Rust), @auth0/cose and cose-kit,
# which verify over h'a0', refuse. cose-js writes each header again before it verifies, and so refuses the second and the third.
# And @auth0/cose takes nothing at all as soon as cose-kit is imported after it: both register tag 18 at the one cbor-x that npm
# gives to both, and the last one wins.
# For us: nothing to do, Ostiary reads no CBOR; who issues CWTs keeps to the shortest form, and to h'' for an empty header.
#
# cwt 3.3.0, pycose 1.1.0, @auth0/cose 1.0.2, cose-kit 1.7.1, cose-js 0.9.0, coset 0.4.2, cose-java 1.1.0, com.authlete:cbor 1.19.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv v
v/bin/pip -q install cwt==3.3.0 pycose==1.1.0 cryptography
cat >ask.py <<'PY'
import json

import cbor2
import cwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from pycose.keys import EC2Key
from pycose.keys.curves import P256
from pycose.messages import CoseMessage

secret = ec.generate_private_key(ec.SECP256R1())
point = secret.public_key().public_numbers()
x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
claims = cbor2.dumps({1: "https://issuer.example", 2: "ann", 4: 2_500_000_000})


def message(protected, signed, unprotected):
    to_be_signed = cbor2.dumps(["Signature1", signed, b"", claims])
    numbers = utils.decode_dss_signature(secret.sign(to_be_signed, ec.ECDSA(hashes.SHA256())))
    signature = b"".join(number.to_bytes(32, "big") for number in numbers)
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {4: b"k", **unprotected}, claims, signature]))


usual, longer, open_ended = (bytes.fromhex(text) for text in ("a10126", "a1180126", "bf0126ff"))
messages = {
    "usual": message(usual, usual, {}),
    "longer": message(longer, longer, {}),
    "no length": message(open_ended, open_ended, {}),
    "empty map": message(b"\xa0", b"", {1: -7}),
}
with open("messages.json", "w") as file:
    json.dump({"x": x.hex(), "y": y.hex(), "messages": {name: text.hex() for name, text in messages.items()}}, file)

key = cwt.COSEKey.new({1: 2, 2: b"k", -1: 1, -2: x, -3: y, 3: -7})
for name, text in messages.items():
    try:
        cwt.decode(text, key)
        seen = "taken"
    except cwt.VerifyError:
        seen = "refused"
    print(f"{name}: cwt: {seen}")
    read = CoseMessage.decode(text)
    read.key = EC2Key(crv=P256, x=x, y=y)
    print(f"{name}: pycose: {'taken' if read.verify_signature() else 'refused'}")
PY
v/bin/python ask.py >seen

npm init -y >/dev/null && npm install --silent --no-audit --no-fund @auth0/cose@1.0.2 cose-kit@1.7.1 cose-js@0.9.0
cat >ask.mjs <<'JS'
import { readFileSync } from 'node:fs'

const { x, y, messages } = JSON.parse(readFileSync('messages.json'))
const [qx, qy] = [x, y].map(text => Buffer.from(text, 'hex'))
const jwk = { kty: 'EC', crv: 'P-256', x: qx.toString('base64url'), y: qy.toString('base64url'), alg: 'ES256' }
const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])
const auth0 = async () => {
  const { Sign1 } = await import('@auth0/cose')
  return async message => { await Sign1.decode(message).verify(key); return true }
}
const kit = async () => {
  const [{ coseVerify }, { importJWK }] = [await import('cose-kit'), await import('jose')]
  return async message => (await coseVerify(message, await importJWK(jwk))).isValid
}
const ways = {
  '@auth0/cose': auth0,
  'cose-kit': kit,
  'cose-js': async () => {
    const { default: cose } = await import('cose-js')
    return async message => { await cose.sign.verify(message, { key: { x: qx, y: qy } }); return true }
  },
  '@auth0/cose before cose-kit': async () => { const verify = await auth0(); await kit(); return verify }
}
const verify = await ways[process.argv[2]]()
for (const [name, hex] of Object.entries(messages)) {
  const taken = await verify(Buffer.from(hex, 'hex')).catch(() => false)
  console.log(`${name}: ${process.argv[2]}: ${taken ? 'taken' : 'refused'}`)
}
JS
for library in @auth0/cose cose-kit cose-js '@auth0/cose before cose-kit'; do node ask.mjs "$library"; done >>seen

mkdir -p rust/src && cd rust
cat >Cargo.toml <<'TOML'
[package]
name = "ask"
version = "0.1.0"
edition = "2021"

[dependencies]
coset = "=0.4.2"
hex = "=0.4.3"
p256 = { version = "=0.13.2", features = ["ecdsa"] }
serde_json = "1"
TOML
cat >src/main.rs <<'RS'
use coset::{CoseSign1, TaggedCborSerializable};
use p256::ecdsa::{signature::Verifier, Signature, VerifyingKey};

fn main() {
    let text = std::fs::read_to_string("../messages.json").unwrap();
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    let point = format!("04{}{}", told["x"].as_str().unwrap(), told["y"].as_str().unwrap());
    let key = VerifyingKey::from_sec1_bytes(&hex::decode(point).unwrap()).unwrap();
    for name in ["usual", "longer", "no length", "empty map"] {
        let raw = hex::decode(told["messages"][name].as_str().unwrap()).unwrap();
        let message = CoseSign1::from_tagged_slice(&raw).unwrap();
        let taken = message
            .verify_signature(b"", |signature, data| key.verify(data, &Signature::from_slice(signature).unwrap()))
            .is_ok();
        println!("{name}: coset: {}", if taken { "taken" } else { "refused" });
    }
}
RS
cargo run -q >>../seen 2>../log || { cat ../log; exit 1; }
cd ..

cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>cose</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>com.augustcellars.cose</groupId><artifactId>cose-java</artifactId><version>1.1.0</version></dependency>
    <dependency><groupId>com.authlete</groupId><artifactId>cbor</artifactId><version>1.19</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=jars >/dev/null
cat >Ask.java <<'JAVA'
import com.authlete.cbor.*;
import com.authlete.cose.*;
import com.google.gson.*;
import com.upokecenter.cbor.CBORObject;
import java.nio.file.*;
import java.util.HexFormat;

public class Ask {
    public static void main(String[] none) throws Exception {
        JsonObject told = JsonParser.parseString(Files.readString(Path.of("messages.json"))).getAsJsonObject();
        HexFormat hex = HexFormat.of();
        CBORObject map = CBORObject.NewMap().Add(1, 2).Add(-1, 1).Add(-2, hex.parseHex(told.get("x").getAsString()))
            .Add(-3, hex.parseHex(told.get("y").getAsString()));
        var key = new COSE.OneKey(map);
        for (var each : told.getAsJsonObject("messages").entrySet()) {
            byte[] raw = hex.parseHex(each.getValue().getAsString());
            boolean august = ((COSE.Sign1Message) COSE.Message.DecodeFromBytes(raw)).validate(key);
            var message = (COSESign1) ((CBORTaggedItem) new CBORDecoder(raw).next()).getTagContent();
            boolean authlete = new COSEVerifier(key.AsPublicKey()).verify(message);
            System.out.println(each.getKey() + ": cose-java: " + (august ? "taken" : "refused"));
            System.out.println(each.getKey() + ": authlete: " + (authlete ? "taken" : "refused"));
        }
    }
}
JAVA
java -cp 'jars/*' Ask.java >>seen
LC_ALL=C sort -o seen seen
cat seen
cat >expected <<'TEXT'
empty map: @auth0/cose before cose-kit: refused
empty map: @auth0/cose: refused
empty map: authlete: taken
empty map: cose-java: taken
empty map: cose-js: taken
empty map: cose-kit: refused
empty map: coset: refused
empty map: cwt: taken
empty map: pycose: taken
longer: @auth0/cose before cose-kit: refused
longer: @auth0/cose: taken
longer: authlete: taken
longer: cose-java: taken
longer: cose-js: refused
longer: cose-kit: taken
longer: coset: taken
longer: cwt: taken
longer: pycose: taken
no length: @auth0/cose before cose-kit: refused
no length: @auth0/cose: taken
no length: authlete: taken
no length: cose-java: taken
no length: cose-js: refused
no length: cose-kit: taken
no length: coset: taken
no length: cwt: taken
no length: pycose: taken
usual: @auth0/cose before cose-kit: refused
usual: @auth0/cose: taken
usual: authlete: taken
usual: cose-java: taken
usual: cose-js: taken
usual: cose-kit: taken
usual: coset: taken
usual: cwt: taken
usual: pycose: taken
TEXT
diff expected seen
