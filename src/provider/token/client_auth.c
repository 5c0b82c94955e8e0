/* SPDX-License-Identifier: Apache-2.0 */
/* Client authentication: by a secret, a signed JWT or a TLS certificate; see client_auth.h. */
#include "provider/token/client_auth.h"

#include <string.h>

#include "base/base64url.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/client/client_find.h"
#include "provider/client/client_keys.h"
#include "provider/token/client_assertion.h"

static const char invalid[] = "Invalid client or Invalid client credentials";

typedef struct credentials {
    ost_text id, secret;
    secret_way way;
    bool by_assertion; /* nothing but an assertion names the client */
} credentials;

/* Who does not encode at all sends "100%": a sign that stands for no byte stands for itself. */
static ost_result decode_half(call *c, ost_text half, ost_text *ret)
{
    buffer_auto buffer encoded = {0};
    buffer_init(&encoded, 3 * half.len + 1);
    for (size_t i = 0; i < half.len; i++) {
        ost_text rest = text_slice(half, i, half.len - i);
        bool lone = half.data[i] == '%' && percent_byte(rest) < 0;
        buffer_append(&encoded, lone ? OST_TEXT("%25") : text_slice(half, i, 1));
    }
    return encoded.failed == OST_OK ? http_form_decode(buffer_text(&encoded), c->arena, ret)
                                    : encoded.failed;
}

static bool read_basic(call *c, ost_text field, credentials *ret)
{
    size_t len;
    ost_text encoded = text_trim(text_slice(field, 6, field.len));
    unsigned char *bytes = ost_arena_alloc(c->arena, encoded.len + 1);
    if (bytes == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    if (base64_decode(encoded, bytes, &len) != OST_OK)
        return call_refuse(c, 401, "invalid_client", invalid);
    ost_text both = {(const char *)bytes, len};
    size_t colon = text_find(both, ':', 0);
    /* Each half is form-encoded (RFC 6749 §2.3.1); what only a form would take apart stays whole.
     */
    if (colon == both.len || decode_half(c, text_slice(both, 0, colon), &ret->id) != OST_OK ||
        decode_half(c, text_slice(both, colon + 1, both.len), &ret->secret) != OST_OK)
        return call_refuse(c, 401, "invalid_client", invalid);
    return true;
}

/* What the form says counts more: many clients repeat their id there beside Basic. */
static bool read_credentials(call *c, credentials *ret)
{
    ost_text field = http_request_field(c->request, "authorization");
    ost_text id = call_parameter(c, "client_id"), secret = call_parameter(c, "client_secret");
    bool basic =
        field.len > 6 && text_equal_ignoring_case(text_slice(field, 0, 6), OST_TEXT("Basic "));
    if (http_request_field_count(c->request, "authorization") > 1)
        return call_refuse(c, 401, "invalid_client", invalid);
    if (basic && !read_basic(c, field, ret))
        return false;
    if (id.data != NULL)
        ret->id = id;
    if (secret.data != NULL) {
        ret->secret = secret;
        ret->way = SECRET_POST;
    }
    if (ret->id.len == 0) {
        ret->id = client_assertion_unverified_subject(c);
        ret->by_assertion = true;
    }
    if (ret->id.len == 0)
        return call_refuse(c, 401, "invalid_client", invalid);
    return true;
}

/* Keycloak's words: what is wrong with a certificate is for the log. */
static bool refuse_certificate(call *c, const char *why)
{
    c->client_problem = why;
    return call_refuse(c, 401, "invalid_client", invalid);
}

static bool comes_from_its_authority(const call *c, const certificate_rule *rule)
{
    ost_text name = {0};
    return rule->authority == NULL ||
           (http_client_certificate_authority(c->exchange, c->certificate, &name) == OST_OK &&
            certificate_rule_trusts(rule, name));
}

/* RFC 8705 §2.1 and §2.2: the handshake has proved that the client has the key. */
static bool prove_by_certificate(call *c, const realm_client *client)
{
    const certificate_rule *rule = &client->proof.certificate;
    const char *why =
        certificate_rule_refusal(rule, c->certificate, client_keys(c, client), c->now, c->arena);
    if (why != NULL)
        return refuse_certificate(c, why);
    if (rule->kind == CERTIFICATE_SELF_SIGNED)
        return true;
    if (!http_client_certificate_vouched(c->exchange, c->certificate))
        return refuse_certificate(c, "no authority that is trusted has signed it");
    return comes_from_its_authority(c, rule) ||
           refuse_certificate(c, "another authority than the client's has signed it");
}

/* For the log: whoever asks learns no more than of a wrong secret. */
static bool refuse_old_secret(call *c)
{
    c->client_problem = "its secret has expired (" SECRET_ENDS ")";
    return call_refuse(c, 401, "unauthorized_client", invalid);
}

/* The secret that was made anew goes on for a time, where a policy of the realm says so. */
static bool is_secret_before(const call *c, const secret_rule *rule, ost_text secret)
{
    return secret_rule_holds_before(rule, c->now) && policy_set_rotates(c->realm->policies) &&
           text_equal_secret(secret, rule->before);
}

static bool prove_by_secret(call *c, const realm_client *client, const credentials *given)
{
    const secret_rule *rule = &client->proof.by_secret;
    if (given->secret.len > 0 && !secret_rule_allows(rule, given->way))
        return call_refuse(c, 401, "unauthorized_client",
                           call_format(c,
                                       "Invalid method used to get client secret. Client requires "
                                       "method '%.*s' to obtain client secret from the request",
                                       OST_FORMAT(rule->method)));
    if (client->secret == NULL || given->secret.len == 0)
        return call_refuse(c, 401, "unauthorized_client", invalid);
    if (!text_equal_secret(given->secret, text_of(client->secret)))
        return is_secret_before(c, rule, given->secret) ||
               call_refuse(c, 401, "unauthorized_client", invalid);
    return secret_rule_holds(rule, c->now) || refuse_old_secret(c);
}

static bool prove(call *c, const realm_client *client, const credentials *given)
{
    if (client->proof.kind == PROOF_SECRET_JWT &&
        !secret_rule_holds(&client->proof.by_secret, c->now))
        return refuse_old_secret(c);
    if (client->proof.kind == PROOF_JWT || client->proof.kind == PROOF_SECRET_JWT)
        return client_assertion_check(c, client);
    if (given->by_assertion)
        return call_refuse(c, 400, "invalid_client", "Missing client_id parameter");
    if (client->proof.kind == PROOF_CERTIFICATE)
        return prove_by_certificate(c, client);
    return prove_by_secret(c, client, given);
}

/* The operator is told who it was and which of these things was wrong, the client is not. */
static bool is_known(call *c, const credentials *given, const realm_client *client)
{
    c->event.client = given->id;
    c->event.error = client == NULL     ? "client_not_found"
                     : !client->enabled ? "client_disabled"
                                        : "invalid_client_credentials";
    if (client == NULL || !client->enabled)
        return call_refuse(c, 401, "invalid_client", invalid);
    if (client->bearer_only)
        return call_refuse(c, 401, "unauthorized_client", invalid);
    if (!client->public_client && !prove(c, client, given))
        return false;
    c->event.error = NULL;
    return true;
}

bool client_authenticate(call *c)
{
    credentials given = {0};
    c->event.error = "client_not_found";
    if (!read_credentials(c, &given))
        return false;
    const realm_client *client = client_find(c, given.id);
    if (!is_known(c, &given, client))
        return false;
    if (client->barred != NULL && strcmp(client->barred, "protocol") == 0)
        return call_refuse(c, 400, "invalid_client", "Wrong client protocol.");
    if (client->barred != NULL)
        return call_refuse(
            c, 400, "unauthorized_client",
            call_format(c, "The client asks for what is not supported: %s", client->barred));
    c->client = client;
    return true;
}

/* What is wrong with the credentials is said by client_authenticate. A call that is refused already
 * needs nothing. */
static void await(call *c, void (*next)(call *c))
{
    credentials given = {0};
    call_error before = c->error;
    bool known = before.status == 0 && read_credentials(c, &given);
    c->error = before;
    if (known)
        client_await(c, given.id, next);
    else
        next(c);
}

void client_auth_begin(http_exchange *exchange, void *user, bool disabled_too,
                       void (*next)(call *c))
{
    call *c = call_begin(exchange, user);
    if (c == NULL)
        return;
    if (!c->realm->enabled && !disabled_too)
        call_refuse(c, 403, "access_denied", "Realm not enabled");
    else if (call_read_form(c))
        (void)call_leave_out_empty(c);
    await(c, next);
}
