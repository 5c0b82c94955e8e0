/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of possession of a key; see proof_of_key.h. */
#include "provider/session/proof_of_key.h"

#include <string.h>

#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"
#include "guard/sender/dpop_proof.h"
#include "guard/sender/request_url.h"
#include "provider/call/call_use.h"
#include "store/memory/store_memory.h"

#define INVALID_PROOF "invalid_dpop_proof"

/* For the guard's check, which remembers nothing itself then. */
static ost_result use_proof(void *user, ost_text jkt, ost_text jti, int64_t until)
{
    call *c = user;
    const sender_rules *rules = &c->provider->senders;
    ost_result result = proof_cache_add(rules->proofs, jkt, jti, until, c->now);
    if (result == OST_E_CEILING) {
        provider_count(c->provider, COUNT_USES_OVER_SHARE);
        return OST_E_BUSY;
    }
    return result == OST_OK && store_is_shared(c->provider->store)
               ? store_use_once(c->provider->store, jkt, jti, until)
               : result;
}

/* In its normal form. NULL data: the call is refused. */
static ost_text url_of(call *c, const char *path)
{
    ost_text url = {0};
    const char *text = call_format(c, "%s%s", c->issuer, path);
    if (text == NULL || request_url_normalize(text_of(text), c->arena, &url) != OST_OK)
        call_refuse(c, 500, "server_error", NULL);
    return url;
}

/* True: the nonce will do. A client that has none, or an old one, is told the newest. */
static bool check_nonce(call *c, const dpop_proof *proof)
{
    const sender_rules *rules = &c->provider->senders;
    if (!c->realm->dpop_nonce)
        return true;
    dpop_nonce_state state = dpop_nonce_check(&rules->nonces, proof->nonce, c->now);
    if (state == DPOP_NONCE_CURRENT)
        return true;
    (void)!http_set_field(c->exchange, "DPoP-Nonce",
                          dpop_nonce_now(&rules->nonces, c->now, c->arena));
    return state == DPOP_NONCE_OLD ||
           call_refuse(c, 400, "use_dpop_nonce", "The DPoP proof needs a nonce of this server");
}

static call_use use_of(const call *c, const dpop_proof *proof, ost_text jkt)
{
    return (call_use){.owner = jkt,
                      .id = proof->jti,
                      .until = proof->iat + (int64_t)c->provider->senders.lifetime,
                      .refusal = {400, INVALID_PROOF, "DPoP proof has already been used"}};
}

bool proof_of_key_note(call *c)
{
    const call_use use = c->proof;
    c->proof = (call_use){0};
    return use.owner.len == 0 || call_use_once(c, c->provider->senders.proofs, use);
}

bool proof_of_key_use(call *c)
{
    return proof_of_key_note(c) && call_confirm_uses(c);
}

bool proof_of_key_read(call *c, const char *path, ost_text *ret_jkt)
{
    const sender_rules *rules = &c->provider->senders;
    dpop_proof proof;
    ost_error error = {0};
    size_t count = http_request_field_count(c->request, "dpop");
    *ret_jkt = (ost_text){0};
    if (count == 0)
        return true;
    if (count > 1)
        return call_refuse(c, 400, INVALID_PROOF, "There is more than one DPoP proof");
    const dpop_demand demand = {.for_token = true,
                                .method = OST_TEXT("POST"),
                                .url = url_of(c, path),
                                .algorithms = rules->algorithms,
                                .keys = rules->keys,
                                .now = c->now,
                                .lifetime = rules->lifetime,
                                .leeway = rules->leeway};
    if (demand.url.data == NULL)
        return false;
    ost_result result = dpop_proof_check(text_trim(http_request_field(c->request, "dpop")), &demand,
                                         c->arena, &proof, &error);
    if (result == OST_E_MEMORY || result == OST_E_CRYPTO)
        return call_refuse(c, 500, "server_error", NULL);
    if (result != OST_OK)
        return call_refuse(c, 400, INVALID_PROOF, call_format(c, "DPoP proof: %s", error.detail));
    const char *jkt = call_format(c, "%s", proof.thumbprint);
    if (jkt == NULL || !check_nonce(c, &proof))
        return false;
    c->proof = use_of(c, &proof, text_of(jkt));
    *ret_jkt = text_of(jkt);
    return true;
}

/* The URL that a request has come to, without its query. NULL data: there is no memory. */
static ost_text url_of_request(const call *c)
{
    ost_text rest = c->request->path, name;
    buffer_auto buffer url = {0};
    buffer_init(&url, REQUEST_URL_MAX);
    buffer_append_string(&url, c->base); /* ends with what the path begins with */
    rest = text_slice(rest, strlen(c->provider->address.path) + 1, rest.len);
    while (text_next(&rest, '/', &name)) {
        buffer_append_string(&url, "/");
        percent_append(&url, name);
    }
    if (text_ends(c->request->path, "/"))
        buffer_append_string(&url, "/");
    return text_of(url.failed == OST_OK ? ost_arena_copy(c->arena, buffer_text(&url)) : NULL);
}

ost_result proof_of_key_check(call *c, ost_text token, const ost_claims *claims, bool by_dpop)
{
    const ost_text proof = http_request_field(c->request, "dpop");
    const ost_credentials came = {.method = c->request->method_name,
                                  .url = url_of_request(c),
                                  .dpop = &proof,
                                  .dpop_count = http_request_field_count(c->request, "dpop"),
                                  .certificate = c->certificate};
    if (came.url.data == NULL)
        return OST_E_MEMORY;
    sender_binding bound;
    ost_text nonce = {0};
    const sender_call asked = {.rules = &c->provider->senders,
                               .credentials = &came,
                               .claims = {claims},
                               .token = token,
                               .dpop_scheme = by_dpop,
                               .use_proof = use_proof,
                               .user = c,
                               .now = c->now,
                               .arena = c->arena};
    ost_result result = sender_check_binding(&asked, &bound, NULL);
    if (result == OST_OK && bound.jkt.data != NULL)
        result = sender_check_proof(&asked, &bound, &nonce, NULL);
    return result;
}
