/* SPDX-License-Identifier: Apache-2.0 */
/* The attributes that a registrant may set; see representation.h. */
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/policy/policy_case.h"
#include "provider/registration/metadata_member.h"
#include "provider/registration/representation.h"
#include "provider/session/registration_token.h"

#define PKCE "pkce.code.challenge.method"

/* Whose client it is, and which of its secrets count: the server's own. */
static bool is_servers(ost_text name)
{
    return text_starts(name, "registration.") || text_starts(name, "client.secret.") ||
           text_is(name, "realm_client") || text_is(name, "origin");
}

/* What strangers may say by openid-connect too, of what they bring themselves: no grants by which
 * people are asked without a page of theirs, no lifetimes, no issuers. */
static const char *const strangers[] = {"logoUri",
                                        "policyUri",
                                        "tosUri",
                                        PKCE,
                                        "post.logout.redirect.uris",
                                        "backchannel.logout.url",
                                        "backchannel.logout.session.required",
                                        "frontchannel.logout.url",
                                        "frontchannel.logout.session.required",
                                        "use.refresh.tokens",
                                        "dpop.bound.access.tokens",
                                        "require.pushed.authorization.requests",
                                        "use.jwks.url",
                                        "jwks.url",
                                        "use.jwks.string",
                                        "jwks.string",
                                        "token.endpoint.auth.signing.alg",
                                        NULL};

static bool is_taken(const registration_draft *d, ost_text name)
{
    return !is_servers(name) && (!d->anonymous || text_is_one_of(name, strangers));
}

/* Pages show these as links. */
static bool check_link(call *c, ost_text name, ost_text value)
{
    static const char *const links[] = {"logoUri", "policyUri", "tosUri", NULL};
    return !text_is_one_of(name, links) || text_starts(value, "https://") ||
           text_starts(value, "http://") ||
           metadata_refuse(c, call_format(c, "%.*s: not a web address", OST_FORMAT(name)));
}

/* The provider asks there, or pages of it show it. */
static bool check_logout(call *c, ost_text name, ost_text value)
{
    static const char *const addresses[] = {"backchannel.logout.url", "frontchannel.logout.url",
                                            NULL};
    return !text_is_one_of(name, addresses) || metadata_is_https(value) ||
           metadata_refuse(c, call_format(c, "%.*s: not an https address", OST_FORMAT(name)));
}

/* An empty one is taken away. */
static bool put(call *c, const ost_json *at, const ost_json **attributes)
{
    ost_text name = ost_json_name(at), value;
    bool gone = ost_json_is(at, OST_JSON_NULL) || ost_json_equals(at, OST_TEXT(""));
    const ost_json *before = ost_json_get_text(*attributes, name);
    if (gone && before == NULL)
        return true;
    if (!gone) {
        if (!ost_json_text(at, &value) || value.len > METADATA_URI_MAX * 16)
            return metadata_refuse(c,
                                   call_format(c, "attributes.%.*s: not a text", OST_FORMAT(name)));
        if (before != NULL && ost_json_equals(before, value))
            return true;
        if (!check_link(c, name, value) || !check_logout(c, name, value))
            return false;
    }
    return document_put(*attributes, name, gone ? NULL : at, c->arena, attributes) == OST_OK ||
           call_refuse_busy(c);
}

/* By which token it is changed from now on, and whether strangers' policies bind it. */
static bool put_owner(call *c, const registration_draft *d, const ost_json **attributes)
{
    if (d->token_id.len == 0)
        return true;
    ost_result result =
        document_put_text(*attributes, REGISTRATION_TOKEN_ID, d->token_id, c->arena, attributes);
    if (result == OST_OK)
        result = document_put_text(*attributes, REGISTRATION_ANONYMOUS,
                                   d->anonymous ? OST_TEXT("true") : OST_TEXT("false"), c->arena,
                                   attributes);
    return result == OST_OK || call_refuse_busy(c);
}

/* A stranger's page has nothing else to protect its codes by (RFC 9700 §2.1.1). */
static bool put_pkce(call *c, const registration_draft *d, const ost_json **attributes)
{
    bool is_public = false;
    (void)!ost_json_boolean(ost_json_get(d->representation, "publicClient"), &is_public);
    return !d->anonymous || !is_public ||
           document_put_text(*attributes, PKCE, OST_TEXT("S256"), c->arena, attributes) == OST_OK ||
           call_refuse_busy(c);
}

bool representation_attributes(call *c, const registration_draft *d, const ost_json *before,
                               const ost_json **ret_attributes)
{
    const ost_json *attributes = before, *sent = ost_json_get(d->representation, "attributes");
    if (before == NULL &&
        ost_json_read(OST_TEXT("{}"), NULL, c->arena, &attributes, NULL) != OST_OK)
        return call_refuse_busy(c);
    for (const ost_json *at = ost_json_first(sent); at != NULL; at = ost_json_next(at)) {
        if (is_taken(d, ost_json_name(at)) && !put(c, at, &attributes))
            return false;
    }
    if (!put_pkce(c, d, &attributes) || !put_owner(c, d, &attributes))
        return false;
    *ret_attributes = attributes;
    return true;
}
