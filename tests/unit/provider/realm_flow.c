/* SPDX-License-Identifier: Apache-2.0 */
/* Which second factors a flow may ask for, and which flows are followed. */
#include "provider/realm/realm_flow.h"

#include "base/array.h"
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

static void two_factors_one_after_the_other(void **state)
{
    expect(OTP("REQUIRED") "," CODES("REQUIRED"), NOTHING, FLOW_CODE,
           FACTOR_CODE | FACTOR_RECOVERY);
    expect(OTP("REQUIRED"), CODES("REQUIRED"), FLOW_CODE, FACTOR_CODE | FACTOR_RECOVERY);
    expect(OTP("ALTERNATIVE") "," CODES("ALTERNATIVE"), OTP("REQUIRED"), FLOW_CODE,
           FACTOR_CODE | FACTOR_RECOVERY);
}

/* ---- flows that take passkeys ---- */

#define STEP(name, requirement)                                                                    \
    "{\"authenticator\":\"" name "\",\"requirement\":\"" requirement "\"}"
#define ONE(requirement) "{\"flowAlias\":\"one\",\"requirement\":\"" requirement "\"}"
#define TWO(requirement) "{\"flowAlias\":\"two\",\"requirement\":\"" requirement "\"}"
#define COOKIE STEP("auth-cookie", "ALTERNATIVE")
#define NAME STEP("auth-username-form", "REQUIRED")
#define PASSKEY(requirement) STEP("webauthn-authenticator-passwordless", requirement)
#define PASSWORD STEP("auth-username-password-form", "REQUIRED")

static const struct {
    const char *top, *one, *two;
    realm_flow_demand demand;
    passkey_rule passkey;
    bool password, session;
} passkeys[] = {
    {COOKIE "," PASSKEY("ALTERNATIVE"), "", "", FLOW_PASSWORD, PASSKEY_SUFFICES, false, true},
    {PASSKEY("REQUIRED"), "", "", FLOW_PASSWORD, PASSKEY_SUFFICES, false, false},
    {COOKIE "," ONE("ALTERNATIVE"), NAME "," PASSKEY("REQUIRED"), "", FLOW_PASSWORD,
     PASSKEY_SUFFICES, false, true},
    {ONE("ALTERNATIVE") "," TWO("ALTERNATIVE"), PASSKEY("REQUIRED"), PASSWORD, FLOW_PASSWORD,
     PASSKEY_SUFFICES, true, false},
    /* both of them are needed, and there is no page for the second */
    {PASSWORD "," PASSKEY("REQUIRED"), "", "", FLOW_REFUSED, PASSKEY_NONE, false, false},
    {ONE("REQUIRED") "," TWO("REQUIRED"), PASSKEY("REQUIRED"), PASSWORD, FLOW_REFUSED, PASSKEY_NONE,
     false, false},
    /* an alternative to what is required is none */
    {PASSWORD "," PASSKEY("ALTERNATIVE"), "", "", FLOW_PASSWORD, PASSKEY_NONE, true, false},
    {PASSKEY("REQUIRED") "," STEP("auth-otp-form", "REQUIRED"), "", "", FLOW_CODE,
     PASSKEY_AND_FACTOR, false, false},
    {PASSKEY("REQUIRED") "," ONE("CONDITIONAL"),
     STEP("conditional-user-configured", "REQUIRED") "," STEP("auth-otp-form", "REQUIRED"), "",
     FLOW_CODE_OF_OWNER, PASSKEY_AND_FACTOR, false, false},
    {COOKIE "," NAME, "", "", FLOW_REFUSED, PASSKEY_NONE, false, false},
    {COOKIE, "", "", FLOW_REFUSED, PASSKEY_NONE, false, false},
    {PASSKEY("DISABLED"), "", "", FLOW_REFUSED, PASSKEY_NONE, false, false},
    {PASSKEY("REQUIRED") "," STEP("deny-access-authenticator", "REQUIRED"), "", "", FLOW_REFUSED,
     PASSKEY_NONE, false, false},
};

static void flows_that_take_passkeys(void **state)
{
    ost_arena *arena = ost_arena_new(1 << 16);
    for (size_t i = 0; i < ARRAY_LEN(passkeys); i++) {
        const char *text =
            ost_arena_format(arena,
                             "{\"browserFlow\":\"top\",\"authenticationFlows\":["
                             "{\"alias\":\"top\",\"authenticationExecutions\":[%s]},"
                             "{\"alias\":\"one\",\"authenticationExecutions\":[%s]},"
                             "{\"alias\":\"two\",\"authenticationExecutions\":[%s]}]}",
                             passkeys[i].top, passkeys[i].one, passkeys[i].two);
        const ost_json *realm;
        assert_int_equal(ost_json_read(text_of(text), NULL, arena, &realm, NULL), OST_OK);
        assert_int_equal(realm_flow_demand_of(realm, NULL, REALM_FLOW_BROWSER), passkeys[i].demand);
        assert_int_equal(realm_flow_passkey_of(realm, NULL, false), passkeys[i].passkey);
        assert_int_equal(realm_flow_takes_password(realm, NULL), passkeys[i].password);
        assert_int_equal(realm_flow_takes_session(realm, NULL), passkeys[i].session);
    }
    ost_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alternatives),
        cmocka_unit_test(an_alternative_to_what_is_required_is_none),
        cmocka_unit_test(two_factors_one_after_the_other),
        cmocka_unit_test(flows_that_take_passkeys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
