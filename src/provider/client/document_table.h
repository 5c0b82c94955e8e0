/* SPDX-License-Identifier: Apache-2.0 */
/* Fetched documents by realm and address. Guarded by its owner's lock. */
#ifndef DOCUMENT_TABLE_H
#define DOCUMENT_TABLE_H

#include "provider/client/document_kind.h"

#define DOCUMENTS_MAX 1000 /* in memory; beyond, those that were used least recently go */

typedef struct document {
    struct document *next;
    char *key;
    char *body; /* NULL: `value` stands for it */
    size_t len;
    void *value; /* of kind->read; NULL where there is none */
    int64_t asked, fresh_until, stale_until, used;
} document;

typedef struct document_table {
    const document_kind *kind;
    document *first;
    size_t count;
} document_table;

/* What a document is known by: what one realm has allowed is nothing for another. The caller's. */
char *document_make_key(ost_text realm, ost_text url);
bool document_is_key(const char *key, ost_text realm, ost_text url);

/* Where it is linked; *place is NULL: it is not there. */
document **document_table_find(document_table *table, ost_text realm, ost_text url);
/* An empty one, which takes the key over; another one may have to go. NULL: no memory. */
document *document_table_add(document_table *table, char *key);
/* Takes body and value over. */
void document_take_body(const document_table *table, document *d, char *body, size_t len,
                        void *value);
void document_table_remove(document_table *table, document **place);
void document_table_clear(document_table *table);

#endif
