/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange of a code at an identity provider (RFC 6749 §4.1.3), and how we prove there who we
 * are: by a secret (§2.3.1) or an assertion (RFC 7523 §2.2); see broker_job.h. */
#include "base/base64url.h"
#include "base/json/json_member.h"
#include "base/percent.h"
#include "base/text.h"
#include "jose/jwt/private_key_jwt.h"
#include "provider/broker/broker_job.h"
#include "provider/realm/key_ring.h"

#define BODY_MAX ((size_t)64 << 10)
#define CODE_MAX 8192
#define PAIR_MAX 4096

/* "client_id and client_secret, each form-encoded, joined by a colon". */
static bool put_basic(call *c, const upstream *u, const char **ret_line)
{
    ost_text id = percent_encode(c->arena, text_of(u->client_id));
    ost_text secret = percent_encode(c->arena, u->client_secret);
    const char *pair = call_format(c, "%.*s:%.*s", OST_FORMAT(id), OST_FORMAT(secret));
    char encoded[(PAIR_MAX + 2) / 3 * 4];
    if (pair == NULL || text_of(pair).len > PAIR_MAX)
        return broker_fail(c, "clientId and clientSecret are too long");
    size_t len = base64_encode((const unsigned char *)pair, text_of(pair).len, encoded);
    *ret_line = call_format(c, "Authorization: Basic %.*s", (int)len, encoded);
    wipe(encoded, sizeof encoded);
    return *ret_line != NULL;
}

static ost_result append_assertion(call *c, const upstream *u, const ost_key *key, buffer *body)
{
    const private_key_jwt made = {.context = c->provider->context,
                                  .audience = u->token_url,
                                  .client_id = u->client_id,
                                  .key = key,
                                  .alg = u->assertion_alg};
    return key != NULL ? private_key_jwt_append(&made, body) : OST_E_KEY_UNKNOWN;
}

static ost_result append_secret_assertion(call *c, const upstream *u, buffer *body)
{
    ost_key *key;
    ost_result result = ost_key_import_secret(u->client_secret, u->assertion_alg, NULL, &key, NULL);
    if (result != OST_OK)
        return result;
    result = append_assertion(c, u, key, body);
    ost_key_unref(key);
    return result;
}

static bool put_assertion(call *c, const upstream *u, buffer *body)
{
    ost_result result =
        u->proof == UPSTREAM_PRIVATE_KEY_JWT
            ? append_assertion(c, u, key_ring_signer(c->entry->keys, u->assertion_alg), body)
            : append_secret_assertion(c, u, body);
    return result == OST_OK || broker_fail(c, "no assertion can be signed: there is no key for it");
}

static bool put_proof(call *c, const upstream *u, buffer *body, const char **ret_line)
{
    if (u->proof == UPSTREAM_SECRET_BASIC)
        return put_basic(c, u, ret_line);
    if (u->proof != UPSTREAM_SECRET_POST)
        return put_assertion(c, u, body);
    form_append(body, "client_id", text_of(u->client_id));
    form_append(body, "client_secret", u->client_secret);
    return true;
}

/* The proof, and the rest of the request. */
static bool finish_request(call *c, buffer *body)
{
    broker_job *job = c->job;
    const char *line = NULL;
    if (!put_proof(c, job->upstream, body, &line))
        return false;
    job->question = (upstream_question){
        .url = job->upstream->token_url,
        .headers = {"Accept: application/json", "Content-Type: application/x-www-form-urlencoded",
                    line, NULL}};
    return call_keep(c, body, &job->question.body) || broker_fail(c, "out of memory");
}

bool broker_refresh_write(call *c, ost_text refresh_token)
{
    buffer_auto buffer body = {0};
    buffer_init(&body, BODY_MAX + refresh_token.len * 3);
    form_append(&body, "grant_type", OST_TEXT("refresh_token"));
    form_append(&body, "refresh_token", refresh_token);
    return finish_request(c, &body);
}

bool broker_exchange_write(call *c)
{
    broker_job *job = c->job;
    const upstream *u = job->upstream;
    buffer_auto buffer body = {0};
    ost_text alias = percent_encode(c->arena, u->alias);
    const char *endpoint = call_format(c, "%s/broker/%.*s/endpoint", c->issuer, OST_FORMAT(alias));
    if (job->code.len > CODE_MAX || endpoint == NULL)
        return broker_fail(c, "the code is too long");
    buffer_init(&body, BODY_MAX);
    form_append(&body, "grant_type", OST_TEXT("authorization_code"));
    form_append(&body, "code", job->code);
    form_append(&body, "redirect_uri", text_of(endpoint));
    if (u->pkce)
        form_append(&body, "code_verifier", job->verifier);
    return finish_request(c, &body);
}

/* ---- what it answers ---- */

static bool fail_refused(call *c, const ost_json *answer)
{
    const broker_job *job = c->job;
    ost_text code = text_slice(json_text_of(answer, "error"), 0, 64);
    const char *why =
        ost_arena_format(c->arena, "the token endpoint answered %ld%s%.*s", job->question.status,
                         code.len > 0 ? ": " : "", OST_FORMAT(code));
    return broker_fail(c, why);
}

bool broker_refresh_read(call *c)
{
    broker_job *job = c->job;
    const upstream_question *q = &job->question;
    const ost_json *answer = NULL;
    if (q->result != OST_OK)
        return broker_fail(c, "the token endpoint could not be asked");
    ost_result result =
        q->is_json ? ost_json_read(q->answer, NULL, c->arena, &answer, NULL) : OST_E_FORMAT;
    if (q->status != 200)
        return fail_refused(c, answer);
    if (result != OST_OK || !ost_json_is(answer, OST_JSON_OBJECT))
        return broker_fail(c, "the token endpoint answered with something else than JSON");
    job->tokens = answer;
    job->id_token = json_text_of(answer, "id_token");
    job->access_token = json_text_of(answer, "access_token");
    return (text_equal_ignoring_case(json_text_of(answer, "token_type"), OST_TEXT("Bearer")) &&
            job->access_token.len > 0) ||
           broker_fail(c, "the token endpoint answered without a bearer token");
}

bool broker_exchange_read(call *c)
{
    const broker_job *job = c->job;
    return broker_refresh_read(c) &&
           (job->id_token.len > 0 ||
            broker_fail(c, "the token endpoint answered without an ID token"));
}
