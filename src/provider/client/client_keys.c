/* SPDX-License-Identifier: Apache-2.0 */
/* Finding clients' keys; see client_keys.h. */
#include "provider/client/client_keys.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/client/document_await.h"

/* ---- what is kept ---- */

static ost_result read_set(ost_text body, void **ret_value)
{
    client_key_set *set;
    ost_result result = client_key_set_read(body, &set);
    if (result == OST_OK)
        *ret_value = set;
    return result;
}

static void *hold(void *value)
{
    return client_key_set_ref(value);
}

static void give(void *value)
{
    client_key_set_unref(value);
}

/* Key sets come with all sorts of content types; a set is known by what it holds. */
const document_kind client_keys_kind = {
    .accept = "Accept: application/jwk-set+json, application/json",
    .bytes_max = CLIENT_KEYS_BYTES_MAX,
    .any_type = true,
    .private_http = true,
    .read = read_set,
    .hold = hold,
    .give = give,
    .unread = "it is no set of public keys that can be used",
};

/* ---- asking ---- */

static ost_result look(call *c, const char *url, const client_key_set **ret_set, int64_t *ret_asked)
{
    void *set = NULL;
    ost_result result =
        c->provider->client_keys == NULL
            ? OST_E_NOT_FOUND
            : document_cache_value(c->provider->client_keys, text_of(c->realm->name), text_of(url),
                                   c->now, &set, ret_asked);
    if (set == NULL)
        return result;
    if (!ost_arena_defer(c->arena, give, set)) {
        give(set);
        return OST_E_MEMORY;
    }
    *ret_set = set;
    return result;
}

const client_key_set *client_keys_published(call *c, const char *url)
{
    const client_key_set *set = NULL;
    int64_t asked;
    ost_result result = look(c, url, &set, &asked);
    return result == OST_OK || result == OST_E_EXPIRED ? set : NULL;
}

const client_key_set *client_keys(call *c, const realm_client *client)
{
    return client->proof.keys_url == NULL ? client->proof.keys
                                          : client_keys_published(c, client->proof.keys_url);
}

static bool is_self_signed(const call *c, const realm_client *client)
{
    return client->proof.certificate.kind == CERTIFICATE_SELF_SIGNED && c->certificate.len > 0;
}

/* Is it a JWT by a key that the set lacks? What is malformed needs none. */
static bool lacks_key_of(call *c, const client_key_set *set, ost_text token)
{
    ost_unverified_jws jws;
    const ost_key *key;
    if (token.len == 0 ||
        ost_jws_read_unverified(token, OST_ALGS_DEFAULT, c->arena, &jws, NULL) != OST_OK)
        return false;
    const ost_keyset *keys = client_key_set_signing(set);
    return keys == NULL || ost_keyset_find(keys, jws.kid, jws.alg, &key) == OST_E_KEY_UNKNOWN;
}

/* Is there such a JWT, or a certificate that the set lacks? */
static bool lacks_key(call *c, const realm_client *client, const client_key_set *set)
{
    static const char *const names[] = {"client_assertion", "request"};
    if (is_self_signed(c, client) && !client_key_set_has_certificate(set, c->certificate))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (lacks_key_of(c, set, call_parameter(c, names[i])))
            return true;
    }
    return false;
}

static bool needs_fetch(call *c, const realm_client *client)
{
    const client_key_set *set = NULL;
    int64_t asked;
    ost_result result = look(c, client->proof.keys_url, &set, &asked);
    if (result == OST_OK)
        return c->now - asked >= CLIENT_KEYS_WAIT && lacks_key(c, client, set);
    return result == OST_E_NOT_FOUND || result == OST_E_EXPIRED;
}

/* Does this call look into the keys at all? */
static bool has_use(const call *c, const realm_client *client)
{
    return client_answers_are_encrypted(&client->answers) || is_self_signed(c, client) ||
           call_parameter(c, "client_assertion").len > 0 || call_parameter(c, "request").len > 0;
}

bool client_keys_are_due(call *c, const realm_client *client)
{
    return client->proof.keys_url != NULL && c->provider->client_keys != NULL &&
           has_use(c, client) && needs_fetch(c, client);
}

/* ---- waiting ---- */

static void fetch(call *c, const char *url, const char *what, void (*next)(call *c))
{
    const document_wish wish = {.cache = c->provider->client_keys,
                                .url = text_of(url),
                                .blocks = document_addresses(c),
                                .what = what};
    document_await(c, &wish, next);
}

void client_keys_await(call *c, const realm_client *client, void (*next)(call *c))
{
    if (client == NULL || !client_keys_are_due(c, client)) {
        next(c);
        return;
    }
    fetch(c, client->proof.keys_url, "client keys", next);
}

void client_keys_await_published(call *c, const char *url, ost_text token, void (*next)(call *c))
{
    const client_key_set *set = NULL;
    int64_t asked;
    ost_result result = look(c, url, &set, &asked);
    bool due = result == OST_E_NOT_FOUND || result == OST_E_EXPIRED;
    if (result == OST_OK)
        due = c->now - asked >= CLIENT_KEYS_WAIT && lacks_key_of(c, set, token);
    if (due && c->provider->client_keys != NULL)
        fetch(c, url, "keys of an issuer", next);
    else
        next(c);
}
