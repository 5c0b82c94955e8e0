/* SPDX-License-Identifier: Apache-2.0 */
/* The scope of addresses; see address_scope.h. */
#include "http/message/address_scope.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* Of IPv4, what is not public. */
static const char *const closed_4[] = {
    "0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10",   "127.0.0.0/8",     "169.254.0.0/16",
    "172.16.0.0/12",  "192.0.0.0/24",   "192.0.2.0/24",    "192.31.196.0/24", "192.52.193.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",   "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
};
/* Of IPv6, where everything that is given to networks lies, and what of it is not public: what
 * protocols use, documentation, 6to4 and what carries another address within. */
static const char unicast_6[] = "2000::/3";
static const char *const closed_6[] = {"2001::/23", "2001:db8::/32", "2002::/16",
                                       "2620:4f:8000::/48", "3fff::/20"};
/* An IPv4 address that a network translates (RFC 6052). */
static const char translated[] = "64:ff9b::/96";

static bool is_in(const ip_address *a, const char *text)
{
    address_block block;
    return address_block_read(text_of(text), &block) && address_in_block(a, &block);
}

static bool is_in_any(const ip_address *a, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_in(a, list[i]))
            return true;
    }
    return false;
}

bool address_is_public(const ip_address *a)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(a->bytes, mapped, sizeof mapped) == 0)
        return !is_in_any(a, closed_4, ARRAY_LEN(closed_4));
    if (is_in(a, translated)) {
        ip_address inner = {{0}};
        memcpy(inner.bytes, mapped, sizeof mapped);
        memcpy(inner.bytes + 12, a->bytes + 12, 4);
        return !is_in_any(&inner, closed_4, ARRAY_LEN(closed_4));
    }
    return is_in(a, unicast_6) && !is_in_any(a, closed_6, ARRAY_LEN(closed_6));
}

/* The next block of a list; false at its end. */
static bool next_block(ost_text *rest, ost_text *ret_text)
{
    size_t end = 0;
    while (rest->len > 0 && (rest->data[0] == ' ' || rest->data[0] == ','))
        *rest = text_slice(*rest, 1, rest->len);
    while (end < rest->len && rest->data[end] != ' ' && rest->data[end] != ',')
        end++;
    *ret_text = text_slice(*rest, 0, end);
    *rest = text_slice(*rest, end, rest->len);
    return ret_text->len > 0;
}

bool address_is_allowed(const ip_address *a, ost_text blocks)
{
    ost_text text;
    address_block block;
    if (address_is_public(a))
        return true;
    while (next_block(&blocks, &text)) {
        if (address_block_read(text, &block) && address_in_block(a, &block))
            return true;
    }
    return false;
}

bool address_blocks_are_good(ost_text blocks)
{
    ost_text text;
    address_block block;
    while (next_block(&blocks, &text)) {
        if (!address_block_read(text, &block))
            return false;
    }
    return true;
}
