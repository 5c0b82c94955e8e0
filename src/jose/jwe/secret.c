/* SPDX-License-Identifier: Apache-2.0 */
/* A secret encrypted for one key, without the message that JWE puts around it. */
#include "base/text.h"
#include "jose/jwe/aes.h"
#include "jose/jwe/key_transport.h"

/* What RSA can hold; more is wrapped with no other key either. */
#define BLOCK_MAX KEY_MEMBER_MAX

static const way_facts *facts_of(const ost_key *key, ost_alg alg, bool inward)
{
    const way_facts *facts = way_find(alg);
    if (facts == NULL || !key_may(key, alg, inward))
        return NULL;
    return facts->way == WAY_WRAP || (facts->way == WAY_RSA && facts->hash != NULL) ? facts : NULL;
}

static ost_result give(const unsigned char *data, size_t len, ost_arena *arena, ost_text *ret)
{
    const char *copy = ost_arena_copy(arena, text_of_bytes(data, len));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret = (ost_text){copy, len};
    return OST_OK;
}

ost_result ost_secret_wrap(ost_text secret, const ost_key *key, ost_alg alg, ost_arena *arena,
                           ost_text *ret_wrapped)
{
    unsigned char block[BLOCK_MAX + WRAP_OVERHEAD];
    size_t len = secret.len + WRAP_OVERHEAD;
    if (key == NULL || ret_wrapped == NULL)
        return OST_E_ARGUMENT;
    const way_facts *facts = facts_of(key, alg, false);
    if (facts == NULL)
        return OST_E_KEY_USE;
    if (secret.len > BLOCK_MAX)
        return OST_E_CEILING;
    ost_result result;
    if (facts->way == WAY_RSA)
        result = key_transport_seal(key, facts->hash, secret, block, &len);
    else if (secret.len < 2 * WRAP_OVERHEAD || secret.len % WRAP_OVERHEAD != 0)
        result = OST_E_ARGUMENT;
    else
        result = aes_wrap(text_of_bytes(key->secret, key->secret_size), secret, block);
    return result == OST_OK ? give(block, len, arena, ret_wrapped) : result;
}

ost_result ost_secret_unwrap(ost_text wrapped, const ost_key *key, ost_alg alg, ost_arena *arena,
                             ost_text *ret_secret)
{
    unsigned char block[BLOCK_MAX + WRAP_OVERHEAD];
    size_t len = 0;
    if (key == NULL || ret_secret == NULL)
        return OST_E_ARGUMENT;
    const way_facts *facts = facts_of(key, alg, true);
    if (facts == NULL)
        return OST_E_KEY_USE;
    if (wrapped.len > sizeof block)
        return OST_E_CEILING;
    ost_result result =
        facts->way == WAY_RSA
            ? key_transport_open_any(key, facts->hash, wrapped, block, &len)
            : aes_unwrap(text_of_bytes(key->secret, key->secret_size), wrapped, block, &len);
    if (result == OST_OK)
        result = give(block, len, arena, ret_secret);
    wipe(block, sizeof block);
    return result;
}
