/* SPDX-License-Identifier: Apache-2.0 */
/* How each proxy tells the request that it asks about. One dialect is believed; what the others'
 * fields say is anybody's. */
#ifndef GATE_DIALECT_H
#define GATE_DIALECT_H

#include "http/http.h"

#define GATE_CHECK_PATH "/check"

typedef struct gate_dialect {
    const char *name;
    const char *method, *target; /* fields, in lower case; NULL: the question is the request itself,
                                    with GATE_CHECK_PATH before its path */
    bool redirects;              /* what the gate answers a browser reaches it */
} gate_dialect;

/* By its name; NULL: there is none. */
const gate_dialect *gate_dialect_find(ost_text name);

/* What is asked about. */
typedef struct gate_question {
    ost_text method;
    ost_text target; /* path and query as they came; of a dialect without fields encoded again */
    ost_text path;   /* decoded, when `decoded` */
    bool decoded;
} gate_question;

/* Returns NULL, or why the question is none (a static sentence): a field is missing, there twice,
 * or out of place. In the exchange's arena. */
OST_MUST_CHECK const char *gate_dialect_read(const gate_dialect *dialect, http_exchange *exchange,
                                             gate_question *ret_question);

#endif
