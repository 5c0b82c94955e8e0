/* SPDX-License-Identifier: Apache-2.0 */
/* Operations whose body is plain text. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

static const admin_route routes[] = {
    {HTTP_PUT, USER "/credentials/{credential}/userLabel", RIGHT_MANAGE_USERS,
     admin_label_credential, "the name by which the user knows a credential, as text/plain"},
    {HTTP_PUT, REALM "/localization/{locale}/{key}", RIGHT_MANAGE_REALM, admin_write_localized,
     "one text of a language, as text/plain"},
};
const admin_table admin_text_operations = {routes, ARRAY_LEN(routes)};
