/* SPDX-License-Identifier: Apache-2.0 */
/* A client's answers and requests, as it registers them; see answer_metadata.h. */
#include "provider/registration/answer_metadata.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/client_answer.h"
#include "provider/realm/key_ring.h"
#include "provider/registration/metadata_member.h"

#define MAX_ALG 64

typedef enum answer_kind {
    ANSWER_SIGNED,    /* by a key of the realm */
    ANSWER_ENCRYPTED, /* for a key of the client */
    ANSWER_CONTENT,   /* how; with the row before alone */
    ANSWER_OPENED,    /* by a key of the realm, as the client has encrypted it */
    ANSWER_REQUEST,   /* what the client signs with; "none" leaves it as if nothing were said */
    ANSWER_FLAG,
} answer_kind;

static const struct {
    const char *member, *attribute;
    answer_kind kind;
    const char *set; /* of a flag: what the attribute says when it is true */
} rows[] = {
    {"id_token_signed_response_alg", "id.token.signed.response.alg", ANSWER_SIGNED, NULL},
    {"id_token_encrypted_response_alg", "id.token.encrypted.response.alg", ANSWER_ENCRYPTED, NULL},
    {"id_token_encrypted_response_enc", "id.token.encrypted.response.enc", ANSWER_CONTENT, NULL},
    {"userinfo_signed_response_alg", "user.info.response.signature.alg", ANSWER_SIGNED, NULL},
    {"userinfo_encrypted_response_alg", "user.info.encrypted.response.alg", ANSWER_ENCRYPTED, NULL},
    {"userinfo_encrypted_response_enc", "user.info.encrypted.response.enc", ANSWER_CONTENT, NULL},
    {"authorization_signed_response_alg", "authorization.signed.response.alg", ANSWER_SIGNED, NULL},
    {"authorization_encrypted_response_alg", "authorization.encrypted.response.alg",
     ANSWER_ENCRYPTED, NULL},
    {"authorization_encrypted_response_enc", "authorization.encrypted.response.enc", ANSWER_CONTENT,
     NULL},
    {"request_object_signing_alg", "request.object.signature.alg", ANSWER_REQUEST, NULL},
    {"request_object_encryption_alg", "request.object.encryption.alg", ANSWER_OPENED, NULL},
    {"request_object_encryption_enc", "request.object.encryption.enc", ANSWER_CONTENT, NULL},
    {"require_signed_request_object", "request.object.required", ANSWER_FLAG, "request only"},
    {"require_pushed_authorization_requests", "require.pushed.authorization.requests", ANSWER_FLAG,
     "true"},
    {"dpop_bound_access_tokens", "dpop.bound.access.tokens", ANSWER_FLAG, "true"},
};
_Static_assert(ARRAY_LEN(rows) == ANSWER_METADATA_COUNT, "a value for each row");

static bool refuse(call *c, size_t row, const char *why)
{
    return metadata_refuse(c, call_format(c, "%s: %s", rows[row].member, why));
}

static bool is_signed_here(const call *c, ost_alg alg)
{
    return alg != OST_ALG_UNSET && (OST_ALG_BIT(alg) & OST_ALGS_DEFAULT) != 0 &&
           key_ring_signer(c->entry->keys, alg) != NULL;
}

static bool is_opened_here(const call *c, ost_alg alg)
{
    return alg != OST_ALG_UNSET && (OST_ALG_BIT(alg) & CLIENT_REQUEST_ALGS) != 0 &&
           key_ring_decrypts(c->entry->keys, alg);
}

static bool is_signed_by_clients(ost_alg alg)
{
    const ost_algs shared =
        OST_ALG_BIT(OST_HS256) | OST_ALG_BIT(OST_HS384) | OST_ALG_BIT(OST_HS512);
    return alg != OST_ALG_UNSET && (OST_ALG_BIT(alg) & (OST_ALGS_DEFAULT | shared)) != 0;
}

static bool check(call *c, size_t row, ost_text value, ost_text before, bool has_keys)
{
    ost_alg alg = ost_alg_of(value);
    switch (rows[row].kind) {
    case ANSWER_SIGNED:
        return is_signed_here(c, alg) || refuse(c, row, "the realm has no key of this algorithm");
    case ANSWER_ENCRYPTED:
        if (alg == OST_ALG_UNSET || (OST_ALG_BIT(alg) & CLIENT_ANSWER_ALGS) == 0)
            return refuse(c, row, "not supported");
        return has_keys || refuse(c, row, "needs jwks_uri or jwks");
    case ANSWER_OPENED:
        return is_opened_here(c, alg) || refuse(c, row, "the realm has no key of this algorithm");
    case ANSWER_CONTENT:
        if (ost_enc_of(value) == OST_ENC_UNSET)
            return refuse(c, row, "not supported");
        return before.len > 0 || refuse(c, row, "needs the algorithm that goes with it");
    default:
        return is_signed_by_clients(alg) || refuse(c, row, "not supported");
    }
}

bool answer_metadata_read(call *c, const ost_json *document, bool has_keys,
                          answer_metadata *ret_metadata)
{
    answer_metadata m = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ost_text value;
        bool flag;
        if (rows[i].kind == ANSWER_FLAG) {
            if (!metadata_flag(c, document, rows[i].member, &flag))
                return false;
            m.values[i] = flag ? text_of(rows[i].set) : (ost_text){0};
            continue;
        }
        if (!metadata_text(c, document, rows[i].member, MAX_ALG, &value))
            return false;
        /* Unsigned requests are never taken; who may send some is as well off with none. */
        if (rows[i].kind == ANSWER_REQUEST && text_is(value, "none"))
            continue;
        if (value.len > 0 && !check(c, i, value, i > 0 ? m.values[i - 1] : (ost_text){0}, has_keys))
            return false;
        m.values[i] = value;
    }
    *ret_metadata = m;
    return true;
}

void answer_metadata_store(const answer_metadata *m, ost_json_writer *w)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        metadata_put_given(w, rows[i].attribute, m->values[i]);
}

bool answer_metadata_owns(ost_text attribute)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (text_is(attribute, rows[i].attribute))
            return true;
    }
    return false;
}

void answer_metadata_write(const realm_client *client, ost_json_writer *w)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ost_text value;
        if (rows[i].kind != ANSWER_FLAG)
            metadata_put_text(client, rows[i].attribute, rows[i].member, w);
        else if (ost_json_text(ost_json_get(client->attributes, rows[i].attribute), &value))
            ost_json_member_boolean(w, rows[i].member,
                                    text_is(value, rows[i].set) || text_says_true(value));
    }
}
