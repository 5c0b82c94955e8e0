/* SPDX-License-Identifier: Apache-2.0 */
/* The attributes of a registered client: those that its metadata speak of, and what stays. */
#include "base/array.h"
#include "base/text.h"
#include "provider/detail/authorization_details.h"
#include "provider/registration/metadata_member.h"
#include "provider/registration/registration_draft.h"
#include "provider/session/registration_token.h"

#define PKCE "pkce.code.challenge.method"
#define DEVICE "oauth2.device.authorization.grant.enabled"
#define CIBA "oidc.ciba.grant.enabled"

/* Separated by "##"; "+" stands for the redirect URIs. */
static void put_post_logout(call *c, const client_metadata *m, ost_json_writer *w)
{
    const char *all = m->post_logout_count > 0 ? "" : "+";
    for (size_t i = 0; i < m->post_logout_count && all != NULL; i++)
        all = call_format(c, "%s%s%.*s", all, i > 0 ? "##" : "", (int)m->post_logout_uris[i].len,
                          m->post_logout_uris[i].data);
    ost_json_member_string(w, "post.logout.redirect.uris", all != NULL ? all : "+");
}

static bool is_described(ost_text attribute)
{
    static const char *const described[] = {"logoUri",
                                            "policyUri",
                                            "tosUri",
                                            "post.logout.redirect.uris",
                                            "backchannel.logout.url",
                                            "backchannel.logout.session.required",
                                            "backchannel.logout.revoke.offline.tokens",
                                            "frontchannel.logout.url",
                                            "frontchannel.logout.session.required",
                                            "use.refresh.tokens",
                                            METADATA_AUTH_METHOD,
                                            "token.endpoint.auth.signing.alg",
                                            "x509.subjectdn",
                                            "tls.client.certificate.bound.access.tokens",
                                            "jwks.url",
                                            "jwks.string",
                                            "use.jwks.url",
                                            "use.jwks.string",
                                            REGISTRATION_TOKEN_ID,
                                            REGISTRATION_ANONYMOUS,
                                            DEVICE,
                                            CIBA,
                                            ISSUER_GRANT,
                                            DETAILS_TYPES};
    for (size_t i = 0; i < ARRAY_LEN(described); i++) {
        if (text_is(attribute, described[i]))
            return true;
    }
    return text_starts(attribute, "tls.client.auth.san.") || answer_metadata_owns(attribute) ||
           request_metadata_owns(attribute) || ciba_metadata_owns(attribute);
}

/* What no metadata speaks of, an administrator has set: it stays. */
static void put_kept_attributes(const registration_draft *d, ost_json_writer *w)
{
    const ost_json *before = ost_json_get(d->existing, "attributes");
    for (const ost_json *at = ost_json_first(before); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        if (is_described(name) || (d->metadata->public_client && text_is(name, PKCE)))
            continue;
        ost_json_put_name(w, name);
        ost_json_put_value(w, at);
    }
}

/* Whose users are asked things without a page of theirs being open is not for strangers, but for
 * those whom an administrator has let. */
static bool may_have(const registration_draft *d, const char *grant)
{
    return !d->anonymous ||
           ost_json_equals(ost_json_get(ost_json_get(d->existing, "attributes"), grant),
                           OST_TEXT("true"));
}

static void put_grants(const registration_draft *d, ost_json_writer *w)
{
    if (d->metadata->device_grant && may_have(d, DEVICE))
        ost_json_member_string(w, DEVICE, "true");
    if (d->metadata->ciba_grant && may_have(d, CIBA))
        ost_json_member_string(w, CIBA, "true");
    if (d->metadata->jwt_grant && may_have(d, ISSUER_GRANT))
        ost_json_member_string(w, ISSUER_GRANT, "true");
}

/* Whoever changes a client by their own rights leaves its token, and who has made it, as it was. */
static void put_token(const registration_draft *d, ost_json_writer *w)
{
    static const char *const names[] = {REGISTRATION_TOKEN_ID, REGISTRATION_ANONYMOUS};
    const ost_json *before = ost_json_get(d->existing, "attributes");
    if (d->token_id.len > 0) {
        ost_json_member_text(w, REGISTRATION_TOKEN_ID, d->token_id);
        ost_json_member_string(w, REGISTRATION_ANONYMOUS, d->anonymous ? "true" : "false");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const ost_json *value = ost_json_get(before, names[i]);
        if (value != NULL)
            ost_json_member_value(w, names[i], value);
    }
}

void registration_draft_put_attributes(call *c, const registration_draft *d, ost_json_writer *w)
{
    const client_metadata *m = d->metadata;
    ost_json_put_name(w, OST_TEXT("attributes"));
    ost_json_open_object(w);
    put_kept_attributes(d, w);
    metadata_put_given(w, "logoUri", m->logo_uri);
    metadata_put_given(w, "policyUri", m->policy_uri);
    metadata_put_given(w, "tosUri", m->tos_uri);
    put_post_logout(c, m, w);
    logout_metadata_store(&m->logout, w);
    answer_metadata_store(&m->answers, w);
    request_metadata_store(&m->requests, w);
    ciba_metadata_store(&m->ciba, w);
    details_metadata_store(c, &m->details, ost_json_get(d->existing, "attributes"), d->anonymous,
                           w);
    put_grants(d, w);
    if (m->public_client) /* it has nothing else to protect its codes by (RFC 9700 §2.1.1) */
        ost_json_member_string(w, PKCE, "S256");
    if (m->no_refresh)
        ost_json_member_string(w, "use.refresh.tokens", "false");
    if (m->auth_method_given)
        ost_json_member_text(w, METADATA_AUTH_METHOD, m->auth_method);
    metadata_put_given(w, "token.endpoint.auth.signing.alg", m->auth_alg);
    if (m->certificate_attribute != NULL)
        ost_json_member_text(w, m->certificate_attribute, m->certificate_name);
    if (m->certificate_bound)
        ost_json_member_string(w, "tls.client.certificate.bound.access.tokens", "true");
    metadata_put_given(w, "jwks.url", m->jwks_uri);
    metadata_put_given(w, "jwks.string", m->jwks);
    if (m->jwks_uri.len > 0)
        ost_json_member_string(w, "use.jwks.url", "true");
    if (m->jwks.len > 0)
        ost_json_member_string(w, "use.jwks.string", "true");
    put_token(d, w);
    ost_json_close_object(w);
}
