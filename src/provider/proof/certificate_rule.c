/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that prove clients; see certificate_rule.h. */
#include "provider/proof/certificate_rule.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/attribute.h"
#include "provider/proof/java_pattern.h"

/* ---- what is wanted ---- */

static const struct {
    const char *attribute;
    certificate_rule_kind kind;
    int type; /* of the GeneralName (RFC 5280 §4.2.1.6) */
} alternatives[] = {
    {"tls.client.auth.san.dns", CERTIFICATE_DNS, GEN_DNS},
    {"tls.client.auth.san.uri", CERTIFICATE_URI, GEN_URI},
    {"tls.client.auth.san.ip", CERTIFICATE_IP, GEN_IPADD},
    {"tls.client.auth.san.email", CERTIFICATE_EMAIL, GEN_EMAIL},
};

static certificate_rule load_subject(const ost_json *client, ost_text subject, ost_arena *arena)
{
    distinguished_name *name;
    if (text_says_true(attribute_text(client, "x509.allow.regex.pattern.comparison")))
        return (certificate_rule){.kind = CERTIFICATE_PATTERN, .text = subject};
    if (distinguished_name_read(subject, arena, &name) != OST_OK)
        return (certificate_rule){.kind = CERTIFICATE_NONE};
    return (certificate_rule){.kind = CERTIFICATE_SUBJECT, .subject = name};
}

/* One that cannot be read is nobody's. */
static bool load_authority(const ost_json *client, ost_arena *arena, certificate_rule *rule)
{
    distinguished_name *name;
    ost_text text = attribute_text(client, CERTIFICATE_AUTHORITY);
    if (text.len == 0)
        return true;
    if (distinguished_name_read(text, arena, &name) != OST_OK)
        return false;
    rule->authority = name;
    return true;
}

/* One of them: who names several would have to mean the same certificate by each (RFC 8705
 * §2.1.2). */
certificate_rule certificate_rule_load(const ost_json *client, ost_arena *arena)
{
    certificate_rule rule = {0};
    ost_text subject = attribute_text(client, "x509.subjectdn");
    size_t named = 0;
    if (text_is(attribute_text(client, CERTIFICATE_METHOD), CERTIFICATE_METHOD_SELF_SIGNED))
        return (certificate_rule){.kind = CERTIFICATE_SELF_SIGNED};
    for (size_t i = 0; i < ARRAY_LEN(alternatives); i++) {
        ost_text name = attribute_text(client, alternatives[i].attribute);
        if (name.len == 0)
            continue;
        named++;
        rule = (certificate_rule){.kind = alternatives[i].kind, .text = name};
    }
    if (subject.len > 0) {
        named++;
        rule = load_subject(client, subject, arena);
    }
    if (named != 1 || !load_authority(client, arena, &rule))
        return (certificate_rule){.kind = CERTIFICATE_NONE};
    return rule;
}

bool certificate_rule_trusts(const certificate_rule *rule, ost_text authority)
{
    const unsigned char *at = (const unsigned char *)authority.data;
    if (rule->authority == NULL)
        return true;
    X509_NAME *name = authority.len > 0 ? d2i_X509_NAME(NULL, &at, (long)authority.len) : NULL;
    bool is = name != NULL && distinguished_name_is(rule->authority, name);
    X509_NAME_free(name);
    ERR_clear_error();
    return is;
}

/* ---- what came ---- */

static bool matches_pattern(ost_text pattern, const X509 *certificate, ost_arena *arena)
{
    ost_text subject;
    return distinguished_name_write(X509_get_subject_name(certificate), arena, &subject) ==
               OST_OK &&
           java_pattern_match(pattern, subject) == OST_OK;
}

static bool is_address(ost_text wanted, const ASN1_OCTET_STRING *seen)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    int len = ASN1_STRING_length(seen);
    return text_to_string(wanted, text, sizeof text) && (len == 4 || len == 16) &&
           inet_pton(len == 4 ? AF_INET : AF_INET6, text, bytes) == 1 &&
           memcmp(ASN1_STRING_get0_data(seen), bytes, (size_t)len) == 0;
}

static bool is_alternative(const certificate_rule *rule, int type, const GENERAL_NAME *name)
{
    int seen_type;
    const ASN1_STRING *seen = GENERAL_NAME_get0_value(name, &seen_type);
    if (seen_type != type)
        return false;
    if (type == GEN_IPADD)
        return is_address(rule->text, seen);
    ost_text text = text_of_bytes(ASN1_STRING_get0_data(seen), (size_t)ASN1_STRING_length(seen));
    return type == GEN_DNS ? text_equal_ignoring_case(text, rule->text)
                           : text_equal(text, rule->text);
}

static bool has_alternative(const certificate_rule *rule, const X509 *certificate)
{
    bool found = false;
    int type = -1;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (size_t i = 0; i < ARRAY_LEN(alternatives); i++) {
        if (alternatives[i].kind == rule->kind)
            type = alternatives[i].type;
    }
    for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; i++)
        found = is_alternative(rule, type, sk_GENERAL_NAME_value(names, i));
    GENERAL_NAMES_free(names);
    return found;
}

static bool holds(const X509 *certificate, int64_t now)
{
    time_t at = (time_t)now;
    return X509_cmp_time(X509_get0_notBefore(certificate), &at) < 0 &&
           X509_cmp_time(X509_get0_notAfter(certificate), &at) > 0;
}

static const char *refusal(const certificate_rule *rule, const X509 *certificate, ost_text der,
                           const client_key_set *keys, ost_arena *arena)
{
    bool fits = false;
    switch (rule->kind) {
    case CERTIFICATE_NONE:
        return "the client does not say which certificate it has";
    case CERTIFICATE_SUBJECT:
        fits = distinguished_name_is(rule->subject, X509_get_subject_name(certificate));
        break;
    case CERTIFICATE_PATTERN:
        fits = matches_pattern(rule->text, certificate, arena);
        break;
    case CERTIFICATE_DNS:
    case CERTIFICATE_URI:
    case CERTIFICATE_IP:
    case CERTIFICATE_EMAIL:
        fits = has_alternative(rule, certificate);
        break;
    case CERTIFICATE_SELF_SIGNED:
        return client_key_set_has_certificate(keys, der)
                   ? NULL
                   : "the certificate is not in the client's key set";
    }
    return fits ? NULL : "the certificate names somebody else";
}

const char *certificate_rule_refusal(const certificate_rule *rule, ost_text der,
                                     const client_key_set *keys, int64_t now, ost_arena *arena)
{
    const unsigned char *at = (const unsigned char *)der.data;
    const unsigned char *end = at + der.len;
    X509 *certificate = der.len > 0 ? d2i_X509(NULL, &at, (long)der.len) : NULL;
    const char *why = "there is no certificate that can be read";
    if (certificate != NULL && at == end)
        why = holds(certificate, now) ? refusal(rule, certificate, der, keys, arena)
                                      : "the certificate does not hold today";
    X509_free(certificate);
    ERR_clear_error();
    return why;
}
