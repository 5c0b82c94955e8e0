/* SPDX-License-Identifier: Apache-2.0 */
/* Which TLS certificate proves a client (RFC 8705 §2), as its representation says. */
#ifndef CERTIFICATE_RULE_H
#define CERTIFICATE_RULE_H

#include <ostiary/jose.h>

#include "provider/proof/client_key_set.h"
#include "provider/proof/distinguished_name.h"

typedef enum certificate_rule_kind {
    CERTIFICATE_NONE = 0,    /* nothing that can be checked is said: no certificate will do */
    CERTIFICATE_SUBJECT,     /* x509.subjectdn */
    CERTIFICATE_PATTERN,     /* the same, with x509.allow.regex.pattern.comparison */
    CERTIFICATE_DNS,         /* tls.client.auth.san.dns: a subject alternative name, as are */
    CERTIFICATE_URI,         /* tls.client.auth.san.uri, */
    CERTIFICATE_IP,          /* tls.client.auth.san.ip and */
    CERTIFICATE_EMAIL,       /* tls.client.auth.san.email */
    CERTIFICATE_SELF_SIGNED, /* it stands in the client's key set, and nobody else signed it */
} certificate_rule_kind;

typedef struct certificate_rule {
    certificate_rule_kind kind;
    ost_text text; /* a pattern, a subject alternative name */
    const distinguished_name *subject;
    const distinguished_name
        *authority; /* x509.casubjectdn, of those that ends its chain; NULL: any */
} certificate_rule;

/* The attribute that names the authority which has to end the chain; it says nothing of those that
 * are signed by themselves. */
#define CERTIFICATE_AUTHORITY "x509.casubjectdn"

/* The attribute that says how a registered client proves itself, and its value for those that have
 * signed their certificates themselves. */
#define CERTIFICATE_METHOD "token.endpoint.auth.method"
#define CERTIFICATE_METHOD_SELF_SIGNED "self_signed_tls_client_auth"

/* Of a ClientRepresentation. Lives as long as it, and the arena. */
certificate_rule certificate_rule_load(const ost_json *client, ost_arena *arena);

/* Whether the authority (its subject, DER) may vouch for the client's certificate. */
bool certificate_rule_trusts(const certificate_rule *rule, ost_text authority);

/* Whether the certificate (DER) is the one. `keys`: the client's, for one that it signed itself. Of
 * others somebody has to vouch: that is not looked at here. NULL: it is; else why it is not. */
const char *certificate_rule_refusal(const certificate_rule *rule, ost_text der,
                                     const client_key_set *keys, int64_t now, ost_arena *arena);

#endif
