/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR (RFC 8949), item by item, as far as authenticators speak it (CTAP2 §6): numbers, strings,
 * arrays and maps of definite length. Borrows from what is read; nothing is allocated. */
#ifndef CBOR_VALUE_H
#define CBOR_VALUE_H

#include <ostiary/types.h>

typedef enum cbor_kind {
    CBOR_NUMBER,
    CBOR_BYTES,
    CBOR_TEXT,
    CBOR_LIST,  /* `count` items follow */
    CBOR_PAIRS, /* twice `count` items follow: names and values */
    CBOR_ELSE,  /* true, false, null, a number with a fraction */
} cbor_kind;

typedef struct cbor_value {
    cbor_kind kind;
    int64_t number;
    ost_text text; /* of bytes, too */
    size_t count;
} cbor_value;

/* Takes the next item off the front of *rest: of arrays and maps the head alone. False: there is
 * none, or it is of another kind, cut short, or a number beyond 63 bits; *rest is untouched. */
OST_MUST_CHECK bool cbor_value_next(ost_text *rest, cbor_value *ret_value);

/* Takes an item with all that is in it. False: likewise, or it is nested more than four deep. */
OST_MUST_CHECK bool cbor_value_skip(ost_text *rest);

/* The next item, if it is of that kind. */
OST_MUST_CHECK bool cbor_value_take(ost_text *rest, cbor_kind kind, cbor_value *ret_value);

#endif
