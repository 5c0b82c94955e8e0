/* SPDX-License-Identifier: Apache-2.0 */
/* Registering a credential (WebAuthn §7.1); see webauthn.h. */
#include "base/text.h"
#include "provider/webauthn/cbor_value.h"
#include "provider/webauthn/client_data.h"
#include "provider/webauthn/cose_key.h"

typedef struct attestation {
    ost_text format, data;
    ost_text statement;            /* the rest of the object, from the statement's map on */
    bool formatted, stated, known; /* which are there */
} attestation;

static ost_result unreadable(ost_error *error, const char *what)
{
    return ost_error_set(error, OST_E_FORMAT, "%s cannot be read", what);
}

/* ---- the attestation object (§6.5) ---- */

static bool read_member(ost_text *rest, attestation *a)
{
    cbor_value name, value;
    if (!cbor_value_take(rest, CBOR_TEXT, &name))
        return false;
    if (text_is(name.text, "fmt") && !a->formatted) {
        a->formatted = cbor_value_take(rest, CBOR_TEXT, &value);
        a->format = a->formatted ? value.text : a->format;
        return a->formatted;
    }
    if (text_is(name.text, "authData") && !a->known) {
        a->known = cbor_value_take(rest, CBOR_BYTES, &value);
        a->data = a->known ? value.text : a->data;
        return a->known;
    }
    if (text_is(name.text, "attStmt") && !a->stated) {
        a->stated = true;
        a->statement = *rest;
        return cbor_value_skip(rest);
    }
    return false;
}

static bool read_object(ost_text bytes, attestation *ret)
{
    cbor_value map;
    if (!cbor_value_take(&bytes, CBOR_PAIRS, &map) || map.count != 3)
        return false;
    for (size_t i = 0; i < map.count; i++) {
        if (!read_member(&bytes, ret))
            return false;
    }
    return bytes.len == 0;
}

/* ---- packed (§8.2) ---- */

typedef struct statement {
    int64_t alg;
    ost_text signature;
    bool by_certificate;
} statement;

static bool read_packed_member(ost_text *rest, statement *s)
{
    cbor_value name, value;
    if (!cbor_value_take(rest, CBOR_TEXT, &name))
        return false;
    if (text_is(name.text, "alg") && s->alg == 0) {
        bool good = cbor_value_take(rest, CBOR_NUMBER, &value);
        s->alg = good ? value.number : 0;
        return good;
    }
    if (text_is(name.text, "sig") && s->signature.len == 0) {
        bool good = cbor_value_take(rest, CBOR_BYTES, &value);
        s->signature = good ? value.text : s->signature;
        return good;
    }
    s->by_certificate = true; /* x5c, or what nobody knows */
    return cbor_value_skip(rest);
}

static ost_result check_packed(const attestation *a, const webauthn_registration *r,
                               const ost_key *key, int64_t alg, ost_arena *arena, ost_error *error)
{
    ost_text rest = a->statement, input;
    statement s = {0};
    cbor_value map;
    if (!cbor_value_take(&rest, CBOR_PAIRS, &map))
        return unreadable(error, "the attestation");
    for (size_t i = 0; i < map.count; i++) {
        if (!read_packed_member(&rest, &s))
            return unreadable(error, "the attestation");
    }
    if (s.by_certificate)
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "there is no trust anchor for the attestation's certificate");
    if (s.alg != alg)
        return ost_error_set(error, OST_E_SIGNATURE, "the attestation is of another algorithm");
    ost_result result = client_data_signed(a->data, r->client_data, arena, &input);
    return result == OST_OK ? cose_signature_check(key, alg, input, s.signature) : result;
}

static ost_result check_attestation(const attestation *a, const webauthn_registration *r,
                                    const ost_key *key, int64_t alg, ost_arena *arena,
                                    ost_error *error)
{
    ost_text rest = a->statement;
    cbor_value map;
    if (text_is(a->format, "packed"))
        return check_packed(a, r, key, alg, arena, error);
    if (!text_is(a->format, "none"))
        return ost_error_set(error, OST_E_UNSUPPORTED,
                             "an attestation of that format is not taken");
    return cbor_value_take(&rest, CBOR_PAIRS, &map) && map.count == 0
               ? OST_OK
               : unreadable(error, "the attestation");
}

/* ---- the credential ---- */

static bool is_wanted(const webauthn_registration *r, int64_t alg)
{
    size_t i = 0;
    while (i < r->alg_count && r->algs[i] != alg)
        i++;
    return i < r->alg_count;
}

static ost_result check_key(const attestation *a, const webauthn_registration *r,
                            const authenticator_data *data, ost_arena *arena, ost_error *error)
{
    ost_text rest = data->public_key;
    ost_key *key;
    int64_t alg;
    ost_result result = cose_key_read(&rest, arena, &key, &alg);
    if (result != OST_OK)
        return ost_error_set(error, result, "the credential's key is not taken");
    if (!is_wanted(r, alg))
        result = ost_error_set(error, OST_E_UNSUPPORTED,
                               "the credential is of an algorithm that was not asked for");
    else
        result = check_attestation(a, r, key, alg, arena, error);
    ost_key_unref(key);
    return result;
}

ost_result webauthn_register(const webauthn_ceremony *ceremony, const webauthn_registration *r,
                             ost_arena *arena, webauthn_credential *ret_credential,
                             ost_error *error)
{
    attestation a = {0};
    authenticator_data data;
    if (r->client_data.len > WEBAUTHN_MAX_BYTES || r->attestation_object.len > WEBAUTHN_MAX_BYTES)
        return ost_error_set(error, OST_E_FORMAT, "the answer is too long");
    ost_result result =
        client_data_check(r->client_data, "webauthn.create", ceremony, arena, error);
    if (result != OST_OK)
        return result;
    if (!read_object(r->attestation_object, &a) ||
        authenticator_data_read(a.data, &data) != OST_OK || !data.attested)
        return unreadable(error, "the attestation object");
    result = client_party_check(&data, ceremony, error);
    if (result == OST_OK)
        result = check_key(&a, r, &data, arena, error);
    if (result == OST_OK)
        *ret_credential = (webauthn_credential){.id = data.id,
                                                .public_key = data.public_key,
                                                .aaguid = data.aaguid,
                                                .counter = data.counter,
                                                .format = a.format};
    return result;
}
