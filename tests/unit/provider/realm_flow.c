/* SPDX-License-Identifier: Apache-2.0 */
/* Which second factors will do in a flow: alternatives of one flow, and never fewer than the flow
 * asks for. */
#include "provider/realm/realm_flow.h"

#include "base/text.h"
#include "test.h"

#define OTP(requirement) "{\"authenticator\":\"auth-otp-form\",\"requirement\":\"" requirement "\"}"
#define CODES(requirement)                                                                         \
    "{\"authenticator\":\"auth-recovery-authn-code-form\",\"requirement\":\"" requirement "\"}"
#define PART(name) "{\"flowAlias\":\"" name "\",\"requirement\":\"REQUIRED\"}"
#define NOTHING PART("empty")

/* A browser flow of a password and two parts. */
static void expect(const char *first, const char *second, realm_flow_demand demand,
                   unsigned factors)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    const char *text = ost_arena_format(
        arena,
        "{\"browserFlow\":\"top\",\"authenticationFlows\":["
        "{\"alias\":\"top\",\"authenticationExecutions\":[{\"authenticator\":"
        "\"auth-username-password-form\",\"requirement\":\"REQUIRED\"}," PART("one") "," PART(
            "two") "]},"
                   "{\"alias\":\"empty\",\"authenticationExecutions\":[]},"
                   "{\"alias\":\"one\",\"authenticationExecutions\":[%s]},"
                   "{\"alias\":\"two\",\"authenticationExecutions\":[%s]}]}",
        first, second);
    const ost_json *realm;
    assert_int_equal(ost_json_read(text_of(text), NULL, arena, &realm, NULL), OST_OK);
    assert_int_equal(realm_flow_demand_of(realm, NULL, REALM_FLOW_BROWSER), demand);
    assert_int_equal(realm_flow_factors_of(realm, NULL, REALM_FLOW_BROWSER), factors);
    ost_arena_free(arena);
}

static void alternatives(void **state)
{
    expect(NOTHING, NOTHING, FLOW_PASSWORD, 0);
    expect(OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"), NOTHING, FLOW_CODE,
           FACTOR_CODE | FACTOR_RECOVERY);
    expect(CODES("REQUIRED") "," OTP("DISABLED"), NOTHING, FLOW_CODE, FACTOR_RECOVERY);
}

static void an_alternative_to_what_is_required_is_none(void **state)
{
    expect(OTP("REQUIRED") "," CODES("ALTERNATIVE"), NOTHING, FLOW_CODE, FACTOR_CODE);
    expect(CODES("ALTERNATIVE") "," OTP("REQUIRED"), NOTHING, FLOW_CODE, FACTOR_CODE);
}

static void two_factors_one_after_the_other_are_refused(void **state)
{
    expect(OTP("REQUIRED") "," CODES("REQUIRED"), NOTHING, FLOW_REFUSED, 0);
    expect(OTP("REQUIRED"), CODES("REQUIRED"), FLOW_REFUSED, 0);
    expect(OTP("REQUIRED"), OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"), FLOW_REFUSED, 0);
    expect(OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"), OTP("REQUIRED"), FLOW_REFUSED, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alternatives),
        cmocka_unit_test(an_alternative_to_what_is_required_is_none),
        cmocka_unit_test(two_factors_one_after_the_other_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
