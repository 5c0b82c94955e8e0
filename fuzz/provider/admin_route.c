/* SPDX-License-Identifier: Apache-2.0 */
/* A path of the admin API, behind a letter for the method: what is found has the method that was
 * asked for, or stands for any, and its values are pieces of the path without a slash. */
#include <stdlib.h>

#include "base/text.h"
#include "provider/admin/admin_route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    admin_match match;
    if (size == 0)
        return 0;
    http_method method = (http_method)(data[0] % (HTTP_OTHER + 1));
    ost_text path = text_of_bytes(data + 1, size - 1);
    admin_route_find(method, path, &match);
    if (match.route == NULL) {
        require(match.values[0].data == NULL);
        return 0;
    }
    require(match.known);
    require(match.route->method == method || match.route->method == HTTP_OTHER);
    require(match.route->run == NULL || match.route->method != HTTP_OTHER);
    for (size_t i = 0; i < ADMIN_PARAMETERS_MAX; i++) {
        const ost_text value = match.values[i];
        if (value.data == NULL)
            continue;
        require(value.len > 0 && text_find(value, '/', 0) == value.len);
        require(value.data >= path.data && value.data + value.len <= path.data + path.len);
    }
    return 0;
}
