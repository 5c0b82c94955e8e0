/* SPDX-License-Identifier: Apache-2.0 */
/* An issuer of many tenants (Microsoft Entra ID): one configuration, whose name has {tenantid}
 * where the id of each tenant stands in the `iss` of its tokens. Which tenant a token is of it says
 * in `tid`, and some keys sign for one tenant alone. */
#ifndef TENANTS_H
#define TENANTS_H

#include <ostiary/guard.h>

#define TENANT_ID 36 /* characters of a UUID */
#define TENANTS_MAX 256

/* All zero: of an issuer that is one tenant by itself. */
typedef struct tenants {
    bool many;
    bool any;                   /* whatever tenant there is, else those of the list */
    char (*ids)[TENANT_ID + 1]; /* sorted; owned */
    size_t count;
} tenants;

/* The name has the placeholder. */
bool tenants_are_named(ost_text issuer);

/* OST_E_CONFIG with a sentence: the name, the list and any_tenant do not go together; OST_E_MEMORY.
 */
OST_MUST_CHECK ost_result tenants_init(const ost_issuer *config, tenants *ret_tenants,
                                       ost_error *error);
void tenants_clear(tenants *of);

/* `iss` must be `name` with the `tid` of the token in its place, and that a tenant that may come
 * in. OST_E_ISSUER. */
OST_MUST_CHECK ost_result tenants_check(const tenants *of, const char *name, ost_text iss,
                                        const ost_json *tid, ost_error *error);

/* The key that verified a token signs for its issuer: what the key set says of the key is the `iss`
 * itself, or becomes it by the `tid`. Where the set says nothing (NULL), as for tokens of version
 * 1, every tenant of the issuer is meant. OST_E_ISSUER. */
OST_MUST_CHECK ost_result tenants_check_key(const char *key_issuer, ost_text iss,
                                            const ost_json *tid, ost_error *error);

#endif
