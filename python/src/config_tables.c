/* SPDX-License-Identifier: Apache-2.0 */
/* Which members there are; see <ostiary/guard.h>, <ostiary/introspection.h>, <ostiary/status.h> and
 * <ostiary/sender.h> for what they mean. */
#include "config_member.h"

#include <stddef.h>

#define MEMBER(type, kind, name)                                                                   \
    {                                                                                              \
#name, kind, offsetof(type, name), 0                                                       \
    }
#define LIST(type, name, count)                                                                    \
    {                                                                                              \
#name, MEMBER_STRINGS, offsetof(type, name), offsetof(type, count)                         \
    }
/* One that lies in a struct of its own, by another name. */
#define INNER(type, kind, name, place)                                                             \
    {                                                                                              \
        name, kind, offsetof(type, place), 0                                                       \
    }
#define COUNT(members) (sizeof(members) / sizeof *(members))

bool config_read_issuer(PyObject *dict, ost_arena *arena, ost_issuer *into)
{
    static const member members[] = {
        MEMBER(ost_issuer, MEMBER_STRING, issuer),
        {"audience", MEMBER_STRINGS, offsetof(ost_issuer, audiences),
         offsetof(ost_issuer, audience_count)},
        MEMBER(ost_issuer, MEMBER_FLAG, insecure_any_audience),
        MEMBER(ost_issuer, MEMBER_FLAG, access_token_profile),
        MEMBER(ost_issuer, MEMBER_STRING, discovery_url),
        MEMBER(ost_issuer, MEMBER_STRING, jwks_url),
        MEMBER(ost_issuer, MEMBER_FLAG, insecure_http),
        MEMBER(ost_issuer, MEMBER_ALGS, algorithms),
        MEMBER(ost_issuer, MEMBER_FLAG, client_is_audience),
        LIST(ost_issuer, tenants, tenant_count),
        MEMBER(ost_issuer, MEMBER_FLAG, any_tenant),
        LIST(ost_issuer, clients, client_count),
        MEMBER(ost_issuer, MEMBER_NUMBER, leeway),
        MEMBER(ost_issuer, MEMBER_BYTES, hmac_secret),
        MEMBER(ost_issuer, MEMBER_STRING, seed_file),
        MEMBER(ost_issuer, MEMBER_STRING, ca_file),
        MEMBER(ost_issuer, MEMBER_STRING, proxy),
        MEMBER(ost_issuer, MEMBER_STRING, no_proxy),
        MEMBER(ost_issuer, MEMBER_NUMBER, key_lifetime),
        MEMBER(ost_issuer, MEMBER_NUMBER, stale_limit),
        MEMBER(ost_issuer, MEMBER_NUMBER, fetch_timeout),
    };
    static const member asking[] = {
        MEMBER(ost_introspection, MEMBER_STRING, client_id),
        MEMBER(ost_introspection, MEMBER_STRING, endpoint),
        MEMBER(ost_introspection, MEMBER_AUTH, auth),
        MEMBER(ost_introspection, MEMBER_STRING, client_secret),
        MEMBER(ost_introspection, MEMBER_KEY, key),
        MEMBER(ost_introspection, MEMBER_ALG, key_algorithm),
        MEMBER(ost_introspection, MEMBER_STRING, token_prefix),
        MEMBER(ost_introspection, MEMBER_FLAG, every_token),
        MEMBER(ost_introspection, MEMBER_FLAG, no_keys),
        MEMBER(ost_introspection, MEMBER_FLAG, require_signed),
        MEMBER(ost_introspection, MEMBER_NUMBER, lifetime),
        MEMBER(ost_introspection, MEMBER_NUMBER, inactive_lifetime),
        MEMBER(ost_introspection, MEMBER_NUMBER, inactive_rate),
        MEMBER(ost_introspection, MEMBER_SIZE, cache_entries),
        MEMBER(ost_introspection, MEMBER_SIZE, cache_bytes),
    };
    static const member lists[] = {
        LIST(ost_status_lists, origins, origin_count),
        MEMBER(ost_status_lists, MEMBER_FLAG, insecure_ignore),
        MEMBER(ost_status_lists, MEMBER_NUMBER, insecure_stale_limit),
        MEMBER(ost_status_lists, MEMBER_NUMBER, lifetime),
        MEMBER(ost_status_lists, MEMBER_SIZE, max_list),
    };
    PyObject *own, *introspection, *status;
    if (!PyTuple_Check(dict))
        return failure_type("issuers", "a list of three dicts each", dict) != NULL;
    if (!PyArg_ParseTuple(dict, "OOO", &own, &introspection, &status))
        return false;
    return members_read(own, members, COUNT(members), arena, into) &&
           members_read(introspection, asking, COUNT(asking), arena, &into->introspection) &&
           members_read(status, lists, COUNT(lists), arena, &into->status_lists);
}

bool config_read_guard(PyObject *dict, ost_arena *arena, ost_guard_config *into)
{
    static const member members[] = {
        MEMBER(ost_guard_config, MEMBER_STRING, realm),
        MEMBER(ost_guard_config, MEMBER_FLAG, insecure_explain),
        MEMBER(ost_guard_config, MEMBER_STRING, resource_metadata),
        MEMBER(ost_guard_config, MEMBER_SIZE, cache_entries),
        MEMBER(ost_guard_config, MEMBER_SIZE, cache_bytes),
        MEMBER(ost_guard_config, MEMBER_FLAG, no_cache),
        MEMBER(ost_guard_config, MEMBER_SIZE, max_token),
        MEMBER(ost_guard_config, MEMBER_SIZE, revocation_entries),
        MEMBER(ost_guard_config, MEMBER_STRING, revocation_file),
        MEMBER(ost_guard_config, MEMBER_KEYSET, decryption_keys),
        INNER(ost_guard_config, MEMBER_ALGS, "decryption_algorithms", decryption.algorithms),
        INNER(ost_guard_config, MEMBER_ENCS, "decryption_encryptions", decryption.encs),
        INNER(ost_guard_config, MEMBER_SIZE, "decryption_inflate_max", decryption.inflate_max),
        INNER(ost_guard_config, MEMBER_NUMBER, "decryption_pbes2_count_max",
              decryption.pbes2_count_max),
        INNER(ost_guard_config, MEMBER_ALGS, "dpop_algorithms", dpop.algorithms),
        INNER(ost_guard_config, MEMBER_NUMBER, "dpop_lifetime", dpop.lifetime),
        INNER(ost_guard_config, MEMBER_NUMBER, "dpop_leeway", dpop.leeway),
        INNER(ost_guard_config, MEMBER_FLAG, "dpop_require_nonce", dpop.require_nonce),
        INNER(ost_guard_config, MEMBER_BYTES, "dpop_nonce_secret", dpop.nonce_secret),
        INNER(ost_guard_config, MEMBER_SIZE, "dpop_proofs", dpop.proofs),
    };
    return members_read(dict, members, COUNT(members), arena, into);
}
