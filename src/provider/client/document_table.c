/* SPDX-License-Identifier: Apache-2.0 */
/* The table of documents; see document_table.h. */
#include "provider/client/document_table.h"

#include <string.h>

#include "base/context.h"
#include "base/text.h"

char *document_make_key(ost_text realm, ost_text url)
{
    char *key = memory_alloc(realm.len + url.len + 2);
    if (key != NULL) {
        memcpy(key, realm.data, realm.len);
        key[realm.len] = '\n';
        memcpy(key + realm.len + 1, url.data, url.len);
    }
    return key;
}

bool document_is_key(const char *key, ost_text realm, ost_text url)
{
    size_t len = strlen(key);
    return len == realm.len + url.len + 1 && memcmp(key, realm.data, realm.len) == 0 &&
           key[realm.len] == '\n' && memcmp(key + realm.len + 1, url.data, url.len) == 0;
}

document **document_table_find(document_table *t, ost_text realm, ost_text url)
{
    document **at = &t->first;
    while (*at != NULL && !document_is_key((*at)->key, realm, url))
        at = &(*at)->next;
    return at;
}

void document_table_remove(document_table *t, document **at)
{
    document *d = *at;
    *at = d->next;
    t->count--;
    document_take_body(t, d, NULL, 0, NULL);
    memory_free(d->key);
    memory_free(d);
}

static void make_room(document_table *t)
{
    document **oldest = &t->first;
    if (t->count < DOCUMENTS_MAX)
        return;
    for (document **at = &t->first; *at != NULL; at = &(*at)->next) {
        if ((*at)->used < (*oldest)->used)
            oldest = at;
    }
    document_table_remove(t, oldest);
}

document *document_table_add(document_table *t, char *key)
{
    document *d = memory_alloc(sizeof *d);
    if (d == NULL)
        return NULL;
    make_room(t);
    d->key = key;
    d->next = t->first;
    t->first = d;
    t->count++;
    return d;
}

void document_take_body(const document_table *t, document *d, char *body, size_t len, void *value)
{
    if (d->value != NULL)
        t->kind->give(d->value);
    memory_free(d->body);
    d->body = body;
    d->len = len;
    d->value = value;
}

void document_table_clear(document_table *t)
{
    while (t->first != NULL)
        document_table_remove(t, &t->first);
}
