/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of an identity provider, by the metadata that it publishes (OpenID Connect Discovery
 * 1.0 §4), in the admin REST API: they are shown, and nothing is kept. The address is asked as
 * those of a realm's providers are: of those that are not public, what the realm allows. */
#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "net/net_url.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/realm/document_limit.h"
#include "provider/upstream/upstream_fetch.h"

#define ADDRESS_MAX 2048 /* bytes of what is taken over */

typedef struct import_job {
    call call; /* in the realm of the path; this is its job */
    admin_call *admin;
    void (*go_on)(call *call);
    ost_text url;
    bool reads; /* the kind has its settings from there */
    upstream_question question;
} import_job;

/* What is there has to be what it should be: an answer of another kind is no metadata. */
static bool put_text(ost_json_writer *w, const ost_json *metadata, const char *name,
                     const char *setting)
{
    const ost_json *member = ost_json_get(metadata, name);
    ost_text text;
    if (member == NULL || ost_json_is(member, OST_JSON_NULL))
        return true;
    if (!ost_json_text(member, &text) || text.len > ADDRESS_MAX)
        return false;
    ost_json_member_text(w, setting, text);
    return true;
}

static bool put_settings(ost_json_writer *w, const ost_json *metadata)
{
    static const char *const names[][2] = {
        {"issuer", "issuer"},
        {"authorization_endpoint", "authorizationUrl"},
        {"token_endpoint", "tokenUrl"},
        {"userinfo_endpoint", "userInfoUrl"},
        {"end_session_endpoint", "logoutUrl"},
        {"jwks_uri", "jwksUrl"},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!put_text(w, metadata, names[i][0], names[i][1]))
            return false;
    }
    if (json_text_of(metadata, "jwks_uri").len > 0) {
        ost_json_member_string(w, "validateSignature", "true");
        ost_json_member_string(w, "useJwksUrl", "true");
    }
    return true;
}

static ost_result answer_settings(const import_job *job, const ost_json *metadata)
{
    ost_json_writer *w = ost_json_writer_new(job->admin->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    if (job->reads && !put_settings(w, metadata))
        return OST_E_FORMAT;
    ost_json_member_text(w, "metadataDescriptorUrl", job->url);
    ost_json_close_object(w);
    return admin_answer(job->admin, w);
}

/* What came instead is not told to who asked: it may be of another server than they reach. */
static void import_take(call *c)
{
    import_job *job = c->job;
    const upstream_question *q = &job->question;
    const ost_json *metadata;
    ost_result result = q->result;
    if (result == OST_OK && (q->status != 200 || !q->is_json))
        result = OST_E_FORMAT;
    if (result == OST_OK)
        result = ost_json_read(q->answer, NULL, job->admin->arena, &metadata, NULL);
    if (result == OST_OK && !ost_json_is(metadata, OST_JSON_OBJECT))
        result = OST_E_FORMAT;
    if (result == OST_OK)
        result = answer_settings(job, metadata);
    if (result != OST_OK)
        admin_refuse(job->admin, 500, "error", "unknown_error");
    job->go_on(job->admin->call);
}

static void import_ask(admin_call *a, void (*go_on)(call *call))
{
    import_job *job = a->asked;
    job->go_on = go_on;
    job->call.job = job;
    upstream_fetch(&job->call, &job->question, import_take);
}

ost_result admin_import_provider(admin_call *a)
{
    static const char *const kinds[] = {"oidc", "keycloak-oidc", "google", NULL};
    ost_text kind = part_text(a->body, "providerId");
    const char *url = ost_arena_copy(a->call->arena, part_text(a->body, "fromUrl"));
    import_job *job = ost_arena_alloc(a->call->arena, sizeof *job);
    if (url == NULL || job == NULL)
        return OST_E_MEMORY;
    if (!admin_body_is(a, OST_JSON_OBJECT))
        return OST_OK;
    if (kind.len == 0 || ost_json_get(a->body, "fromUrl") == NULL)
        return admin_refuse(a, 400, "error", "HTTP 400 Bad Request");
    if (!text_is_one_of(kind, kinds))
        return admin_refuse(a, 501, "error", "Settings of this kind are not imported");
    if (net_url_check(text_of(url), true) != OST_OK)
        return admin_refuse(a, 500, "error", "unknown_error");
    *job = (import_job){.admin = a, .url = text_of(url), .reads = !text_is(kind, "google")};
    job->question = (upstream_question){.url = url, .headers = {"Accept: application/json", NULL}};
    if (!admin_enter_realm(a, &job->call))
        return OST_E_MEMORY;
    a->asks = import_ask;
    a->asked = job;
    a->status = 200;
    return OST_OK;
}
