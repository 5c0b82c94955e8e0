/* SPDX-License-Identifier: Apache-2.0 */
/* Which authority vouches for clients' certificates: the executor tls-client-auth-ca-subject-dn of
 * Keycloak 26; see policy_executor.h. */
#include "base/shown.h"
#include "base/text.h"
#include "provider/policy/policy_executor.h"
#include "provider/policy/policy_value.h"
#include "provider/proof/attribute.h"
#include "provider/proof/certificate_rule.h"

static const policy_refusal no_memory = {503, "server_error", "out of memory", false};

static bool is_same_name(ost_text a, ost_text b, ost_arena *arena)
{
    distinguished_name *first, *second;
    return distinguished_name_read(a, arena, &first) == OST_OK &&
           distinguished_name_read(b, arena, &second) == OST_OK &&
           distinguished_name_equals(first, second);
}

/* The authority that has to vouch for a client's certificate, where the client names none. */
const policy_refusal *propose_authority(const ost_json *configuration, const policy_case *c,
                                        policy_edits *edits)
{
    ost_text wanted = policy_text(configuration, "ca-subject-dn");
    ost_text own = attribute_text(c->proposed, CERTIFICATE_AUTHORITY);
    if (!text_is(policy_text(c->proposed, "clientAuthenticatorType"), "client-x509"))
        return NULL;
    if (own.len == 0)
        return wanted.len == 0
                   ? NULL
                   : policy_edit_put(edits, true, CERTIFICATE_AUTHORITY,
                                     ost_json_source(ost_json_get(configuration, "ca-subject-dn")));
    if (!policy_switch(configuration, "enforced") || is_same_name(own, wanted, c->arena))
        return NULL;
    policy_refusal *refusal = ost_arena_alloc(c->arena, sizeof *refusal);
    const char *why = ost_arena_format(c->arena, "Certificate Authority subject DN must be %.*s",
                                       SHOWN(wanted, 300));
    if (refusal == NULL || why == NULL)
        return &no_memory;
    *refusal = (policy_refusal){400, "invalid_request", why, false};
    return refusal;
}
