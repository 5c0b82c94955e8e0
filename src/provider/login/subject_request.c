/* SPDX-License-Identifier: Apache-2.0 */
/* Requests for one user; see subject_request.h. */
#include "provider/login/subject_request.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/proof/pairwise_subject.h"
#include "provider/session/requested_claims.h"

#define CLAIMS_BYTES_MAX ((size_t)8 << 10)
#define SUBJECT_MAX 255 /* OpenID Connect Core §2 */

bool subject_request_read(call *c, ost_text *ret_subject)
{
    static const ost_json_limits limits = {
        .max_bytes = CLAIMS_BYTES_MAX, .max_depth = 8, .max_values = 500};
    static const char *const places[] = {"id_token", "userinfo"};
    const ost_json *claims;
    ost_text text = call_parameter(c, "claims"), subject = {0};
    if (text.len > CLAIMS_BYTES_MAX)
        return false; /* nobody has looked whom they are about */
    *ret_subject = subject;
    if (text.len == 0)
        return true;
    ost_result result = ost_json_read(text, &limits, c->arena, &claims, NULL);
    if (result != OST_OK) /* beyond a limit, nobody has looked either */
        return result == OST_E_JSON || result == OST_E_UTF8;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        const ost_json *value =
            ost_json_get(ost_json_get(ost_json_get(claims, places[i]), "sub"), "value");
        if (value == NULL)
            continue;
        if (!ost_json_text(value, &text) || text.len == 0 || text.len > SUBJECT_MAX ||
            (subject.len > 0 && !text_equal(subject, text)))
            return false;
        subject = text;
    }
    *ret_subject = subject;
    return true;
}

static void write_subject(ost_json_writer *w, ost_text subject)
{
    ost_json_put_name(w, OST_TEXT("sub"));
    ost_json_open_object(w);
    ost_json_member_text(w, "value", subject);
    ost_json_close_object(w);
}

static void write_all(ost_json_writer *w, const ost_json *object)
{
    for (const ost_json *at = ost_json_first(object); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
}

/* Of a level that is essential: by its names, or its number. */
static void write_level(call *c, ost_json_writer *w)
{
    ost_text name, names = c->level.names;
    if (names.len == 0)
        names = text_of(call_format(c, "%lld", (long long)c->level.level));
    ost_json_put_name(w, OST_TEXT("acr"));
    ost_json_open_object(w);
    ost_json_member_boolean(w, "essential", true);
    ost_json_put_name(w, OST_TEXT("values"));
    ost_json_open_array(w);
    while (text_next(&names, ' ', &name))
        ost_json_put_text(w, name);
    ost_json_close_array(w);
    ost_json_close_object(w);
}

ost_text subject_request_claims(call *c, ost_text subject, ost_text claims)
{
    ost_text text = {0};
    const ost_json *named = requested_claims_open(c, claims);
    const ost_json *userinfo = ost_json_get(named, "userinfo");
    bool any = subject.len > 0 || named != NULL || c->level.essential;
    ost_json_writer *w = any ? call_writer(c) : NULL;
    if (w == NULL)
        return text;
    ost_json_open_object(w);
    ost_json_put_name(w, OST_TEXT("id_token"));
    ost_json_open_object(w);
    if (subject.len > 0)
        write_subject(w, subject);
    if (c->level.essential)
        write_level(c, w);
    write_all(w, ost_json_get(named, "id_token"));
    ost_json_close_object(w);
    if (userinfo != NULL)
        ost_json_member_value(w, "userinfo", userinfo);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &text) != OST_OK)
        call_refuse(c, 500, "server_error", NULL);
    return text;
}

bool subject_request_allows(const realm_client *client, ost_text subject, ost_text user_id)
{
    return subject.len == 0 || pairwise_subject_is(&client->pairwise, subject, user_id);
}
