/* SPDX-License-Identifier: Apache-2.0 */
/* The command's own way to p11-kit, which reads the names of keys in devices: few have such keys.
 */
#include "cli/lazy_library.h"

#include <p11-kit/uri.h>

static lazy_library p11_kit = {.name = "libp11-kit.so.0",
                               .without = "no device can be asked for keys",
                               .lock = PTHREAD_MUTEX_INITIALIZER};

#define FORWARD(...) LAZY_FORWARD(&p11_kit, __VA_ARGS__)
#define FORWARD_VOID(...) LAZY_FORWARD_VOID(&p11_kit, __VA_ARGS__)

FORWARD(P11KitUri *, p11_kit_uri_new, (void), (), NULL)
FORWARD_VOID(p11_kit_uri_free, (P11KitUri * uri), (uri))
FORWARD(int, p11_kit_uri_parse, (const char *text, P11KitUriType type, P11KitUri *uri),
        (text, type, uri), P11_KIT_URI_NO_MEMORY)
FORWARD(int, p11_kit_uri_any_unrecognized, (P11KitUri * uri), (uri), 1)
FORWARD(const char *, p11_kit_uri_get_pin_value, (const P11KitUri *uri), (uri), NULL)
FORWARD(const char *, p11_kit_uri_get_pin_source, (const P11KitUri *uri), (uri), NULL)
FORWARD(const char *, p11_kit_uri_get_module_path, (const P11KitUri *uri), (uri), NULL)
FORWARD(const char *, p11_kit_uri_get_module_name, (const P11KitUri *uri), (uri), NULL)
FORWARD(CK_ATTRIBUTE *, p11_kit_uri_get_attribute, (P11KitUri * uri, CK_ATTRIBUTE_TYPE type),
        (uri, type), NULL)
FORWARD(int, p11_kit_uri_match_token_info, (const P11KitUri *uri, const CK_TOKEN_INFO *info),
        (uri, info), 0)
