/* SPDX-License-Identifier: Apache-2.0 */
/* In place of the rest of this folder where there is no libpq. */
#include "store/transfer/store_transfer.h"

ost_result store_transfer(const char *path, const store_server *to,
                          const store_transfer_progress *progress, store_contents *ret_contents,
                          ost_error *error)
{
    (void)path;
    (void)to;
    (void)progress;
    (void)ret_contents;
    return ost_error_set(error, OST_E_UNSUPPORTED, "this program was built without PostgreSQL");
}
