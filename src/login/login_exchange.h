/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint (RFC 6749 §3.2): what is sent to it and what it answers. */
#ifndef LOGIN_EXCHANGE_H
#define LOGIN_EXCHANGE_H

#include "base/buffer.h"
#include "login/login_core.h"
#include "login/login_pack.h"

/* A request and the memory that it borrows. */
typedef struct login_exchange {
    buffer body;
    buffer authorization; /* a whole header line */
    const char *headers[4];
    net_request request;
} login_exchange;

/* Fills in the grant: a code with its verifier (RFC 7636 §4.5), or a refresh token (§6). The
 * endpoints must outlive the request. */
OST_MUST_CHECK ost_result login_exchange_code(const ost_login *login, const login_place *place,
                                              const login_endpoints *endpoints,
                                              const login_transaction *transaction, ost_text code,
                                              login_exchange *ret_exchange);
OST_MUST_CHECK ost_result login_exchange_refresh(const ost_login *login, const login_place *place,
                                                 const login_endpoints *endpoints,
                                                 ost_text refresh_token,
                                                 login_exchange *ret_exchange);
void login_exchange_clear(login_exchange *exchange);

/* What the provider gave (RFC 6749 §5.1). Texts live in the arena. */
typedef struct login_tokens {
    ost_text access_token;
    ost_text refresh_token;   /* empty when absent */
    ost_text id_token;        /* empty when absent */
    int64_t lifetime;         /* seconds */
    int64_t refresh_lifetime; /* seconds */
} login_tokens;

/* OST_E_EXPIRED: invalid_grant, the code or the refresh token is no good; OST_E_REMOTE: any other
 * error, or an answer that is none. */
OST_MUST_CHECK ost_result login_tokens_read(long status, ost_text body, ost_arena *arena,
                                            login_tokens *ret_tokens, ost_error *error);

#endif
