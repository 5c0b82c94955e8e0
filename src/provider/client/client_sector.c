/* SPDX-License-Identifier: Apache-2.0 */
/* Sectors of clients; see client_sector.h. */
#include "provider/client/client_sector.h"

#include "base/json/json_list.h"
#include "base/text.h"
#include "provider/client/document_await.h"

/* Each registration asks for itself (OpenID Connect Registration §5): what was listed a minute ago
 * may have been taken out since. */
const document_kind client_sector_kind = {
    .accept = "Accept: application/json", .bytes_max = (size_t)64 << 10, .fleeting = true};

static bool look(call *c, ost_text uri, ost_text *ret_body)
{
    ost_result result = document_cache_get(c->provider->sectors, text_of(c->realm->name), uri,
                                           c->now, c->arena, ret_body);
    return result == OST_OK || result == OST_E_EXPIRED;
}

/* What an earlier registration has seen is not looked at then. The words are those of a list that
 * lacks something: who registers is not told what can be reached from here. */
static void refuse(call *c, ost_result result)
{
    (void)result;
    call_refuse(c, 400, "invalid_client_metadata", CLIENT_SECTOR_REFUSED);
}

void client_sector_await(call *c, ost_text uri, void (*next)(call *c))
{
    if (c->error.status != 0 || uri.len == 0) {
        next(c);
        return;
    }
    const document_wish wish = {.cache = c->provider->sectors,
                                .url = uri,
                                .blocks = document_addresses(c),
                                .what = "sector of a client",
                                .failed = refuse};
    document_await(c, &wish, next);
}

bool client_sector_lists(call *c, ost_text uri, const ost_text *redirect_uris, size_t count)
{
    const ost_json *list;
    ost_text body;
    if (!look(c, uri, &body) || ost_json_read(body, NULL, c->arena, &list, NULL) != OST_OK ||
        !ost_json_is(list, OST_JSON_ARRAY))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!json_list_has(list, redirect_uris[i]))
            return false;
    }
    return true;
}
