/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a search wants. */
#ifndef USER_QUERY_H
#define USER_QUERY_H

#include <ostiary/types.h>

/* What a search wants of users. Zeroes: all but the accounts of clients. */
typedef enum store_user_field {
    STORE_USER_ANY, /* one of the following */
    STORE_USER_NAME,
    STORE_USER_EMAIL,
    STORE_USER_FIRST_NAME,
    STORE_USER_LAST_NAME,
} store_user_field;
typedef enum store_flag { STORE_EITHER, STORE_YES, STORE_NO } store_flag;
typedef struct store_user_word {
    store_user_field field;
    ost_text pattern; /* lower case; "*" stands for any text */
    bool exact;       /* "*" stands for itself */
} store_user_word;
typedef struct store_user_attribute {
    ost_text name, value; /* of at most 255 bytes: longer ones are not found */
} store_user_attribute;
typedef struct store_user_query {
    ost_text realm;
    const store_user_word *words; /* all of them */
    size_t word_count;
    const store_user_attribute *attributes; /* all of them */
    size_t attribute_count;
    store_flag enabled, verified; /* the account; the address */
} store_user_query;

#endif
