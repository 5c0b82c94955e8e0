/* SPDX-License-Identifier: Apache-2.0 */
/* The files of web/ that browsers load one by one. They need no token and tell nothing. The table
 * is made by script/lib/embed_folder.py. */
#ifndef WEB_FILE_H
#define WEB_FILE_H

#include "http/http.h"

typedef struct web_content {
    const char *etag; /* with its quotes */
    const unsigned char *bytes;
    size_t len;
} web_content;

typedef struct web_file {
    const char *name;   /* "console/main.js" */
    const char *type;   /* of its content */
    web_content as_is;  /* its content */
    web_content packed; /* the same in gzip */
} web_file;

extern const web_file web_files[];
extern const size_t web_file_count;
extern const char web_files_version[]; /* another one when any file is another one */

const web_file *web_file_find(ost_text name); /* NULL: there is none */

/* Answers with the file, packed for who takes gzip, or with 304 when the browser has it. `policy`
 * is its Content-Security-Policy, `keep` its Cache-Control. */
void web_file_send(http_exchange *exchange, const web_file *file, const char *policy,
                   const char *keep);

/* Answers with a page: the file of the name, with a policy that lets in nothing but our files. */
void web_page_send(http_exchange *exchange, ost_text name);

/* "/resources/{version}/{file...}": a file of this build, for ever; with the version of another
 * build it is sent too, but not to be kept. */
void resource_endpoint(http_exchange *exchange, void *provider);

#endif
