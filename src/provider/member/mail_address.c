/* SPDX-License-Identifier: Apache-2.0 */
/* Mail addresses; see mail_address.h. */
#include "provider/member/mail_address.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define MAX_LOCAL 64
#define MAX_DOMAIN 255
#define MAX_LABEL 63

static bool is_letter(unsigned char byte)
{
    return byte >= 0x80 || isalnum(byte);
}

static bool is_atom(ost_text atom)
{
    for (size_t i = 0; i < atom.len; i++) {
        unsigned char byte = (unsigned char)atom.data[i];
        if (byte == 0 || (!is_letter(byte) && strchr("!#$%&'*+/=?^_`{|}~-", byte) == NULL))
            return false;
    }
    return atom.len > 0;
}

/* Letters and digits, and hyphens between them. */
static bool is_label(ost_text label)
{
    for (size_t i = 0; i < label.len; i++) {
        unsigned char byte = (unsigned char)label.data[i];
        if (!is_letter(byte) && (byte != '-' || i == 0 || i + 1 == label.len))
            return false;
    }
    return label.len > 0 && label.len <= MAX_LABEL;
}

/* Every part between dots; none is empty. */
static bool all_parts(ost_text text, bool (*is_part)(ost_text part))
{
    for (;;) {
        size_t end = text_find(text, '.', 0);
        if (!is_part(text_slice(text, 0, end)))
            return false;
        if (end == text.len)
            return true;
        text = text_slice(text, end + 1, text.len);
    }
}

/* No quote, backslash or control character within. */
static bool is_quoted(ost_text local)
{
    if (local.len < 3 || local.data[0] != '"' || local.data[local.len - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < local.len; i++) {
        unsigned char byte = (unsigned char)local.data[i];
        if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\')
            return false;
    }
    return true;
}

static bool is_literal(ost_text domain)
{
    if (domain.len < 4 || domain.data[0] != '[' || domain.data[domain.len - 1] != ']')
        return false;
    return text_is_made_of(text_slice(domain, 1, domain.len - 2), ".:");
}

static bool split(ost_text address, ost_text *ret_local, ost_text *ret_domain)
{
    size_t at = address.len;
    while (at > 0 && address.data[at - 1] != '@')
        at--;
    if (at == 0)
        return false;
    *ret_local = text_slice(address, 0, at - 1);
    *ret_domain = text_slice(address, at, address.len);
    return ret_local->len <= MAX_LOCAL;
}

bool mail_address_is_valid(ost_text address)
{
    ost_text local, domain;
    return split(address, &local, &domain) && domain.len <= MAX_DOMAIN &&
           (is_quoted(local) || all_parts(local, is_atom)) &&
           (is_literal(domain) || all_parts(domain, is_label));
}

bool mail_address_is_plain(ost_text address)
{
    ost_text local, domain;
    return split(address, &local, &domain) && all_parts(local, is_atom) &&
           all_parts(domain, is_label);
}
