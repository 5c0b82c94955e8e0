#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# RFC 7519 §4.1.3: "aud" is a list of audiences, and may be a string where there is one alone. A token for two APIs, or for one and
# a provider's own account pages, has the list. Which of Debian's smaller libraries find the API in it?
#
# Expected: all: the list is the general case.
# Seen: cpp-jwt 1.4 asked for an audience refuses each list, one of a single audience too, with "type conversion error"; without
# being asked it takes the token. Perl's Crypt::JWT 0.034 compares the list as if it were text: verify_aud with a string or a
# pattern refuses, and a function that goes through the list takes. libjwt's jwt_get_grant has no value for it, and
# jwt_get_grants_json has. Poco's getAudience reads both.
# For us: a token of one audience has a string, as Keycloak's; a list begins where a user has roles of a second client, often
# "account". A client that names one API by resource= (RFC 8707) gets a string.
#
# Debian 12: libcpp-jwt-dev 1.4, libjwt 1.10.2, Poco 1.11.0, libcrypt-jwt-perl 0.034. PyJWT 2.15.1 makes the tokens.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir debs
(cd debs && apt-get -qq download libcpp-jwt-dev=1.4+ds-3 nlohmann-json3-dev libjwt-dev=1.10.2-1+deb12u1 libjwt0=1.10.2-1+deb12u1 \
    libb64-0d libjansson4 libpoco-dev=1.11.0-3+deb12u1 libpocojwt80 libpococrypto80 libpocofoundation80 libpocojson80 \
    libcrypt-jwt-perl=0.034-1 libcryptx-perl libjson-perl 2>/dev/null)
for package in debs/*.deb; do dpkg -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$libraries
PERL5LIB=$(find "$work/root" -type d \( -path '*/share/perl5' -o -path '*/perl5/[0-9]*' \) -prune | paste -sd:)
export LD_LIBRARY_PATH PERL5LIB

python3 -m venv v
v/bin/pip -q install PyJWT==2.15.1
cat >tokens.py <<'PY'
import time

import jwt

for name, audience in {"string": "api", "one": ["api"], "two": ["account", "api"]}.items():
    claims = {"sub": "ann", "aud": audience, "exp": int(time.time()) + 300}
    with open(f"{name}.token", "w") as file:
        file.write(jwt.encode(claims, "0123456789abcdef0123456789abcdef", "HS256"))
PY
v/bin/python tokens.py

cat >ask.cpp <<'CPP'
#include <Poco/JWT/Signer.h>
#include <Poco/JWT/Token.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <jwt/jwt.hpp>

static const std::string secret_text = "0123456789abcdef0123456789abcdef";

int main(int, char **argv)
{
    std::ifstream file(argv[1]);
    const std::string token{std::istreambuf_iterator<char>(file), {}};
    using namespace jwt::params;
    try {
        jwt::decode(token, algorithms({"HS256"}), secret(secret_text), aud("api"));
        std::cout << "cpp-jwt: taken\n";
    } catch (const std::exception &refusal) {
        std::cout << "cpp-jwt: " << refusal.what() << "\n";
    }
    jwt::decode(token, algorithms({"HS256"}), secret(secret_text));
    std::cout << "cpp-jwt, not asked: taken\n";

    const auto audience = Poco::JWT::Signer(secret_text).verify(token).getAudience();
    const bool there = std::find(audience.begin(), audience.end(), "api") != audience.end();
    std::cout << "Poco: " << (there ? "found" : "not found") << "\n";
}
CPP
cat >ask.c <<'C'
#include <jwt.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char token[2000] = "";
    FILE *file = fopen(argv[argc - 1], "r");
    jwt_t *jwt;
    if (file == NULL || fgets(token, sizeof token, file) == NULL ||
        jwt_decode(&jwt, token, (const unsigned char *)"0123456789abcdef0123456789abcdef", 32) != 0)
        return 1;
    const char *text = jwt_get_grant(jwt, "aud"), *json = jwt_get_grants_json(jwt, "aud");
    printf("libjwt: %s, as JSON %s\n", text != NULL ? text : "nothing", json);
}
C
cat >ask.pl <<'PERL'
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);

open(my $file, '<', $ARGV[0]) or die;
my $token = <$file>;
my %ways = (
    text => 'api',
    pattern => qr/^api$/,
    function => sub { scalar grep { $_ eq 'api' } ref $_[0] ? @{$_[0]} : $_[0] },
);
for my $way (sort keys %ways) {
    my $claims = eval { decode_jwt(token => $token, key => '0123456789abcdef0123456789abcdef', verify_aud => $ways{$way}) };
    print "Crypt::JWT, $way: ", $claims ? 'taken' : 'refused', "\n";
}
PERL
g++ -w -std=c++17 -I root/usr/include ask.cpp -L "$libraries" -lPocoJWT -lPocoCrypto -lPocoFoundation -lPocoJSON -lcrypto -o ask-cpp
gcc -w -I root/usr/include ask.c -L "$libraries" -Wl,-rpath-link,"$libraries" -ljwt -o ask-c
for name in string one two; do
    { ./ask-cpp $name.token && ./ask-c $name.token && perl ask.pl $name.token; } | sed "s/^/$name: /"
done >seen
cat seen
cat >expected <<'TEXT'
string: cpp-jwt: taken
string: cpp-jwt, not asked: taken
string: Poco: found
string: libjwt: api, as JSON "api"
string: Crypt::JWT, function: taken
string: Crypt::JWT, pattern: taken
string: Crypt::JWT, text: taken
one: cpp-jwt: type conversion error
one: cpp-jwt, not asked: taken
one: Poco: found
one: libjwt: nothing, as JSON ["api"]
one: Crypt::JWT, function: taken
one: Crypt::JWT, pattern: refused
one: Crypt::JWT, text: refused
two: cpp-jwt: type conversion error
two: cpp-jwt, not asked: taken
two: Poco: found
two: libjwt: nothing, as JSON ["account","api"]
two: Crypt::JWT, function: taken
two: Crypt::JWT, pattern: refused
two: Crypt::JWT, text: refused
TEXT
diff expected seen
