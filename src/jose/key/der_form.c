/* SPDX-License-Identifier: Apache-2.0 */
/* The outermost structure of DER (X.690 §8.1, §10.1); see der_form.h. */
#include "jose/key/der_form.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define INTEGER 0x02
#define BIT_STRING 0x03
#define OCTET_STRING 0x04
#define SEQUENCE 0x30
#define ATTRIBUTES 0xa0          /* [0] */
#define PUBLIC_HALF 0x81         /* [1] BIT STRING, of a module with implicit tags */
#define PUBLIC_HALF_WRAPPED 0xa1 /* the same with an explicit one, as ring wrote it before 0.17 */
#define ELEMENTS_MAX 10

/* Takes one element off the front of *rest. The length must be given in as few bytes as it can. */
static bool next_element(ost_text *rest, unsigned char *ret_tag, ost_text *ret_content)
{
    const unsigned char *bytes = (const unsigned char *)rest->data;
    size_t head = 2, len;
    if (rest->len < 2)
        return false;
    len = bytes[1];
    if (len >= 0x80) {
        size_t count = len & 0x7f;
        if (count == 0 || count > 3 || rest->len < 2 + count || bytes[2] == 0)
            return false;
        len = 0;
        for (size_t i = 0; i < count; i++)
            len = len << 8 | bytes[2 + i];
        head += count;
        if (len < 0x80)
            return false;
    }
    if (len > rest->len - head)
        return false;
    *ret_tag = bytes[0];
    *ret_content = text_slice(*rest, head, len);
    *rest = text_slice(*rest, head + len, rest->len);
    return true;
}

static bool open_sequence(ost_text der, ost_text *ret_content)
{
    unsigned char tag;
    return next_element(&der, &tag, ret_content) && tag == SEQUENCE && der.len == 0;
}

bool der_is_sequence(ost_text der)
{
    ost_text content;
    return open_sequence(der, &content);
}

static const struct {
    der_form form;
    size_t least, most; /* elements */
    unsigned char tags[9];
} shapes[] = {
    {DER_SPKI, 2, 2, {SEQUENCE, BIT_STRING}},
    {DER_CERTIFICATE, 3, 3, {SEQUENCE, SEQUENCE, BIT_STRING}},
    {DER_ENCRYPTED, 2, 2, {SEQUENCE, OCTET_STRING}},
    {DER_PKCS8, 3, 5, {INTEGER, SEQUENCE, OCTET_STRING}},
    {DER_EC_PRIVATE, 2, 4, {INTEGER, OCTET_STRING}},
    {DER_RSA_PUBLIC, 2, 2, {INTEGER, INTEGER}},
    {DER_RSA_PRIVATE,
     9,
     10,
     {INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER}},
};

der_form der_form_of(ost_text der)
{
    unsigned char tags[ELEMENTS_MAX];
    size_t count = 0;
    ost_text rest, content;
    if (!open_sequence(der, &rest))
        return DER_NO_KEY;
    while (rest.len > 0) {
        if (count == ELEMENTS_MAX || !next_element(&rest, &tags[count++], &content))
            return DER_NO_KEY;
    }
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        if (count >= shapes[i].least && count <= shapes[i].most &&
            memcmp(tags, shapes[i].tags, shapes[i].least) == 0)
            return shapes[i].form;
    }
    return DER_NO_KEY;
}

static bool open_bits(ost_text *bits)
{
    if (bits->len == 0 || bits->data[0] != 0) /* no bits of the last byte are unused */
        return false;
    *bits = text_slice(*bits, 1, bits->len);
    return true;
}

/* The third field and what may be behind it. */
static bool take_public_half(ost_text rest, ost_text *ret_bits)
{
    unsigned char tag;
    if (!next_element(&rest, &tag, ret_bits))
        return false;
    if (tag == ATTRIBUTES && !next_element(&rest, &tag, ret_bits))
        return false;
    if (rest.len > 0)
        return false;
    if (tag == PUBLIC_HALF_WRAPPED) {
        rest = *ret_bits;
        return next_element(&rest, &tag, ret_bits) && tag == BIT_STRING && rest.len == 0 &&
               open_bits(ret_bits);
    }
    return tag == PUBLIC_HALF && open_bits(ret_bits);
}

bool der_split_key_pair(ost_text der, der_key_pair *ret_pair)
{
    unsigned char tag;
    ost_text rest, content;
    if (!open_sequence(der, &rest) || !next_element(&rest, &tag, &content) || tag != INTEGER ||
        content.len != 1 || content.data[0] != 1)
        return false;
    ost_text fields = rest;
    if (!next_element(&rest, &tag, &content) || tag != SEQUENCE ||
        !next_element(&rest, &tag, &content) || tag != OCTET_STRING)
        return false;
    ret_pair->fields = text_slice(fields, 0, fields.len - rest.len);
    return take_public_half(rest, &ret_pair->public_half);
}
