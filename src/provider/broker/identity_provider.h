/* SPDX-License-Identifier: Apache-2.0 */
/* Identity providers as they stand in a realm's document, with their mappers. */
#ifndef IDENTITY_PROVIDER_H
#define IDENTITY_PROVIDER_H

#include "provider/admin/admin_call.h"

#define PROVIDERS "identityProviders"
#define PROVIDER_MAPPERS "identityProviderMappers"

/* The one of the alias; NULL: there is none, and the call is refused. */
const ost_json *identity_provider_find(admin_call *admin, ost_text alias);

/* Its own, or what its alias makes where a realm file gave it none. */
ost_text identity_provider_id(const admin_call *admin, const ost_json *idp);

/* The realm's mappers without those of the provider that the path names; NULL: the realm has none.
 */
OST_MUST_CHECK ost_result identity_provider_without_mappers(admin_call *admin,
                                                            const ost_json **ret_mappers);

#endif
