/* SPDX-License-Identifier: Apache-2.0 */
/* The API framework and the provider in one program, each linked whole: no two functions of one
 * name, and one page engine for both. */

#include "app/app_server.h"
#include "app/notice.h"
#include "base/text.h"
#include "page/page_files.h"
#include "provider/provider.h"
#include "test.h"

static void both_are_there(void **state)
{
    const ost_app app = {.title = "Items"};
    const app_server server = {.app = &app};
    (void)state;
    assert_true(text_is(notice_site(&server), "Items"));
    app_server_free(NULL);
    provider_free(NULL);
    assert_true(page_body(PAGE_LOGIN).text.len > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
