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
