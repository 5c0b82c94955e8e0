/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on identity providers, their mappers, and on whom they know. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

#define PROVIDERS REALM "/identity-provider/instances"
#define PROVIDER PROVIDERS "/{alias}"
#define LINK USER "/federated-identity/{alias}"
#define VIEW_PROVIDERS (RIGHT_VIEW_IDENTITY_PROVIDERS | RIGHT_MANAGE_IDENTITY_PROVIDERS)

static const admin_route routes[] = {
    {HTTP_GET, PROVIDERS, VIEW_PROVIDERS, admin_list_identity_providers,
     "the identity providers; search, first, max"},
    {HTTP_POST, PROVIDERS, RIGHT_MANAGE_IDENTITY_PROVIDERS, admin_create_identity_provider,
     "makes an identity provider"},
    {HTTP_POST, REALM "/identity-provider/import-config", RIGHT_MANAGE_IDENTITY_PROVIDERS,
     admin_import_provider, "the settings that a provider publishes; fromUrl, providerId"},
    {HTTP_GET, PROVIDER, VIEW_PROVIDERS, admin_read_identity_provider, "one, its secrets masked"},
    {HTTP_PUT, PROVIDER, RIGHT_MANAGE_IDENTITY_PROVIDERS, admin_update_identity_provider,
     "replaces one; masks stand for the secrets that it has, and its alias stays"},
    {HTTP_DELETE, PROVIDER, RIGHT_MANAGE_IDENTITY_PROVIDERS, admin_delete_identity_provider,
     "deletes one and its mappers"},
    {HTTP_GET, PROVIDER "/mappers", VIEW_PROVIDERS, admin_list_provider_mappers, "its mappers"},
    {HTTP_POST, PROVIDER "/mappers", RIGHT_MANAGE_IDENTITY_PROVIDERS, admin_create_provider_mapper,
     "makes a mapper"},
    {HTTP_GET, PROVIDER "/mappers/{id}", VIEW_PROVIDERS, admin_read_provider_mapper, "one mapper"},
    {HTTP_PUT, PROVIDER "/mappers/{id}", RIGHT_MANAGE_IDENTITY_PROVIDERS,
     admin_update_provider_mapper, "replaces a mapper"},
    {HTTP_DELETE, PROVIDER "/mappers/{id}", RIGHT_MANAGE_IDENTITY_PROVIDERS,
     admin_delete_provider_mapper, "deletes a mapper"},
    {HTTP_GET, USER "/federated-identity", VIEW_USERS, admin_list_federated,
     "whom the realm's identity providers know the user as"},
    {HTTP_POST, LINK, RIGHT_MANAGE_USERS, admin_add_federated, "keeps whom one knows the user as"},
    {HTTP_DELETE, LINK, RIGHT_MANAGE_USERS, admin_remove_federated, "forgets it"},
};
const admin_table admin_provider_operations = {routes, ARRAY_LEN(routes)};
