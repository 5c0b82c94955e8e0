/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as JWTs; see answer_token.h. */
#include "provider/token/answer_token.h"

#include "jose/jws/jws_draft.h"
#include "jose/signature/signature.h"
#include "provider/client/client_keys.h"

static bool tell(call *c, ost_result result)
{
    if (result == OST_E_BUSY) /* the signing process is being started anew */
        return call_refuse_busy(c);
    return result == OST_OK || call_refuse(c, 500, "server_error", NULL);
}

bool answer_sign(call *c, ost_text claims, ost_alg alg, const char *typ, ost_text *ret_token)
{
    const ost_key *key = key_ring_signer(c->entry->keys, alg);
    return tell(c, key != NULL ? ost_jws_sign(claims, key, alg, typ, c->arena, ret_token)
                               : OST_E_KEY_UNKNOWN);
}

/* ---- with others ---- */

/* In the call's arena. */
typedef struct gathered {
    call *call;
    jws_draft draft;
    signature_wish wish;
    ost_text *ret_token;
    void (*next)(call *call);
} gathered;

void answer_sign_gathered(void *const *users, size_t count)
{
    signature_wish *wishes[HTTP_TOGETHER];
    for (size_t i = 0; i < count; i++)
        wishes[i] = &((gathered *)users[i])->wish;
    signature_make_together(wishes, count);
}

static void go_on(http_exchange *exchange, void *user)
{
    gathered *g = user;
    ost_result result = g->wish.result;
    if (result == OST_OK)
        result = jws_draft_finish(&g->draft, g->wish.ret, g->wish.size, g->ret_token);
    (void)tell(g->call, result);
    g->next(g->call);
}

static ost_result gather(call *c, ost_text claims, const ost_key *key, ost_alg alg, const char *typ,
                         gathered *g)
{
    ost_result result = jws_draft_begin(claims, key, alg, typ, c->arena, &g->draft);
    if (result != OST_OK)
        return result;
    size_t size = signature_size(key, alg);
    g->wish = (signature_wish){.key = key,
                               .alg = alg,
                               .input = jws_draft_input(&g->draft),
                               .ret = ost_arena_alloc(c->arena, size),
                               .size = size};
    return g->wish.ret != NULL ? OST_OK : OST_E_MEMORY;
}

void answer_sign_with_others(call *c, ost_text claims, ost_alg alg, const char *typ,
                             ost_text *ret_token, void (*next)(call *call))
{
    const ost_key *key = key_ring_signer(c->entry->keys, alg);
    if (key == NULL || !signature_may_wait(key)) {
        (void)answer_sign(c, claims, alg, typ, ret_token);
        next(c);
        return;
    }
    gathered *g = ost_arena_alloc(c->arena, sizeof *g);
    ost_result result = OST_E_MEMORY;
    if (g != NULL) {
        *g = (gathered){.call = c, .ret_token = ret_token, .next = next};
        result = gather(c, claims, key, alg, typ, g);
    }
    if (tell(c, result))
        http_gather(c->exchange, go_on, g);
    else
        next(c);
}

static const ost_key *find_key(call *c, const realm_client *client, ost_alg alg)
{
    const ost_keyset *keys = client_key_set_encryption(client_keys(c, client));
    for (size_t i = 0; keys != NULL && i < ost_keyset_count(keys); i++) {
        if (ost_key_serves(ost_keyset_at(keys, i), alg))
            return ost_keyset_at(keys, i);
    }
    return NULL;
}

bool answer_encrypt(call *c, const realm_client *client, const client_answer *answer,
                    ost_text content, const char *cty, ost_text *ret_token)
{
    if (answer->encryption == OST_ALG_UNSET) {
        *ret_token = content;
        return true;
    }
    const ost_jwe_options options = {.cty = cty};
    const ost_key *key = find_key(c, client, answer->encryption);
    if (key == NULL)
        return call_refuse(c, 400, "unauthorized_client",
                           call_format(c, "The client has no key to encrypt for it with %s",
                                       ost_alg_name(answer->encryption)));
    return ost_jwe_encrypt(content, key, answer->encryption, answer->enc, &options, c->arena,
                           ret_token, NULL) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}
