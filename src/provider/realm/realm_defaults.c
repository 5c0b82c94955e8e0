/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in parts of a realm, from realm_defaults.json, which is embedded at build time. */
#include "provider/realm/realm_defaults.h"

extern const unsigned char realm_defaults_json[];
extern const size_t realm_defaults_json_len;

ost_text realm_defaults_document(void)
{
    return (ost_text){(const char *)realm_defaults_json, realm_defaults_json_len};
}
