/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping the tokens of an identity provider (storeToken): with whose they are there, and of which
 * issuer, so that none is ever shown to another one. See broker_job.h. */
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/broker_job.h"
#include "provider/broker/broker_kept.h"
#include "store/user/store_kept_token.h"

#define KEPT_MAX ((size_t)64 << 10)
#define WAIT_FOR_PROOF 86400 /* seconds, until a link that nobody proves is given up */
#define LIFESPAN_MAX ((int64_t)1 << 40)

/* Seconds; 0: it does not say. */
static int64_t lifespan_of(const ost_json *tokens)
{
    const ost_json *told = ost_json_get(tokens, "expires_in");
    ost_text text;
    uint64_t number = 0;
    int64_t seconds;
    if (ost_json_integer(told, &seconds))
        return seconds > 0 && seconds < LIFESPAN_MAX ? seconds : 0;
    return ost_json_text(told, &text) && text_to_unsigned(text, LIFESPAN_MAX, &number)
               ? (int64_t)number
               : 0;
}

ost_result broker_kept_text(call *c, ost_text *ret_text)
{
    const broker_job *job = c->job;
    const ost_json *tokens = job->tokens, *kept;
    int64_t lifespan = lifespan_of(tokens);
    ost_result result = lifespan > 0 ? document_put_integer(tokens, KEPT_UNTIL, c->now + lifespan,
                                                            c->arena, &tokens)
                                     : OST_OK;
    if (result == OST_OK)
        result =
            document_put_text(NULL, KEPT_ISSUER, text_of(job->upstream->issuer), c->arena, &kept);
    if (result == OST_OK)
        result = document_put(kept, OST_TEXT(KEPT_TOKENS), tokens, c->arena, &kept);
    if (result != OST_OK)
        return result;
    *ret_text = ost_json_source(kept);
    return ret_text->len <= KEPT_MAX ? OST_OK : OST_E_CEILING;
}

void broker_keep(call *c, ost_text user_id, bool linked)
{
    const broker_job *job = c->job;
    store_kept_token kept = {.realm = text_of(c->realm->name),
                             .user_id = user_id,
                             .provider = job->identity.alias,
                             .user_there = job->identity.id,
                             .waits = linked ? 0 : c->now + WAIT_FOR_PROOF};
    if (!job->upstream->keeps_tokens || job->tokens == NULL)
        return;
    ost_result result = broker_kept_text(c, &kept.token);
    if (result == OST_OK)
        result = store_kept_token_put(c->provider->store, &kept);
    if (result != OST_OK)
        http_add_detail(c->exchange, "upstream", OST_TEXT("its tokens were not kept"));
}
