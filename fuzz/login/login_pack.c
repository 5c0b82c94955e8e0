/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a packed session or transaction: refused, or packed again they say the same. */
#include "login/login_pack.h"

#include <stdlib.h>

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_equal(ost_text a, ost_text b)
{
    if (!text_equal(a, b))
        abort();
}

static void check_session(const ost_login_session *session, ost_arena *arena)
{
    ost_login_session again;
    ost_text packed;
    if (login_pack_session(session, arena, &packed) != OST_OK)
        return; /* decoded tokens may be longer than what is packed at most */
    if (login_unpack_session(packed, arena, &again) != OST_OK)
        abort();
    must_be_equal(session->access_token, again.access_token);
    must_be_equal(session->refresh_token, again.refresh_token);
    must_be_equal(session->id_token, again.id_token);
}

static void check_transaction(const login_transaction *transaction, ost_arena *arena)
{
    login_transaction again;
    ost_text packed;
    if (login_pack_transaction(transaction, arena, &packed) != OST_OK ||
        login_unpack_transaction(packed, &again) != OST_OK)
        abort();
    must_be_equal(transaction->state, again.state);
    must_be_equal(transaction->verifier, again.verifier);
    must_be_equal(transaction->wanted, again.wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_text packed = {(const char *)data, size};
    ost_arena *arena = ost_arena_new(1 << 20);
    ost_login_session session;
    login_transaction transaction;
    if (login_unpack_session(packed, arena, &session) == OST_OK)
        check_session(&session, arena);
    if (login_unpack_transaction(packed, &transaction) == OST_OK)
        check_transaction(&transaction, arena);
    ost_arena_free(arena);
    return 0;
}
