/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that send mails. */
#include "base/array.h"
#include "provider/admin/admin_operations.h"

static const admin_route routes[] = {
    {HTTP_PUT, USER "/execute-actions-email", RIGHT_MANAGE_USERS, admin_execute_actions_email,
     "mails the user a link to do required actions by; lifespan, client_id, redirect_uri"},
    {HTTP_PUT, USER "/send-verify-email", RIGHT_MANAGE_USERS, admin_send_verify_email,
     "mails the user a link to verify their address by; lifespan, client_id, redirect_uri"},
    {HTTP_PUT, USER "/reset-password-email", RIGHT_MANAGE_USERS, admin_reset_password_email,
     "the first of these for a new password; Keycloak calls it deprecated"},
    {HTTP_POST, REALM "/testSMTPConnection", RIGHT_MANAGE_REALM, admin_test_smtp,
     "mails the administrator a test by the server of the body"},
};
const admin_table admin_mail_operations = {routes, ARRAY_LEN(routes)};
