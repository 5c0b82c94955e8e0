/* SPDX-License-Identifier: Apache-2.0 */
/* The endpoints of a realm: one file each, one handler each. `user` is the provider. */
#ifndef ENDPOINTS_H
#define ENDPOINTS_H

#include "http/http.h"

/* metadata.c */
void discovery_endpoint(http_exchange *exchange, void *provider);
void certs_endpoint(http_exchange *exchange, void *provider);
void realm_endpoint(http_exchange *exchange, void *provider);
void preflight_endpoint(http_exchange *exchange, void *provider);
/* push_request.c */
void push_request_endpoint(http_exchange *exchange, void *provider);
/* authorize.c, login_form.c, consent_form.c */
void authorize_endpoint(http_exchange *exchange, void *provider);
void registrations_endpoint(http_exchange *exchange, void *provider);
void login_endpoint(http_exchange *exchange, void *provider);
/* registration_form.c */
void registration_endpoint(http_exchange *exchange, void *provider);
void action_endpoint(http_exchange *exchange, void *provider);
/* reset_credentials.c, action_link.c */
void reset_credentials_endpoint(http_exchange *exchange, void *provider);
void action_token_endpoint(http_exchange *exchange, void *provider);
void consent_endpoint(http_exchange *exchange, void *provider);
/* device_authorization.c, device_page.c */
void device_authorization_endpoint(http_exchange *exchange, void *provider);
void device_page_endpoint(http_exchange *exchange, void *provider);
void device_status_endpoint(http_exchange *exchange, void *provider);
/* backchannel_authentication.c */
void backchannel_authentication_endpoint(http_exchange *exchange, void *provider);
void backchannel_callback_endpoint(http_exchange *exchange, void *provider);
/* userinfo.c, introspect.c, revoke.c, logout.c */
void userinfo_endpoint(http_exchange *exchange, void *provider);
void introspect_endpoint(http_exchange *exchange, void *provider);
void revoke_endpoint(http_exchange *exchange, void *provider);
void logout_endpoint(http_exchange *exchange, void *provider);
void logout_confirm_endpoint(http_exchange *exchange, void *provider);
/* register.c */
void register_endpoint(http_exchange *exchange, void *provider);
void registered_client_endpoint(http_exchange *exchange, void *provider);
void update_client_endpoint(http_exchange *exchange, void *provider);
void delete_client_endpoint(http_exchange *exchange, void *provider);
/* register_represented.c */
void register_represented_endpoint(http_exchange *exchange, void *provider);
void represented_client_endpoint(http_exchange *exchange, void *provider);
void update_represented_endpoint(http_exchange *exchange, void *provider);
void delete_represented_endpoint(http_exchange *exchange, void *provider);
void installation_endpoint(http_exchange *exchange, void *provider);
void register_saml_endpoint(http_exchange *exchange, void *provider);
/* frame.c */
void cookies_set_endpoint(http_exchange *exchange, void *provider);
void cookies_tell_endpoint(http_exchange *exchange, void *provider);
void session_status_endpoint(http_exchange *exchange, void *provider);
void session_status_init_endpoint(http_exchange *exchange, void *provider);
/* health.c */
void root_endpoint(http_exchange *exchange, void *provider);
void live_endpoint(http_exchange *exchange, void *provider);
void ready_endpoint(http_exchange *exchange, void *provider);
void metrics_endpoint(http_exchange *exchange, void *provider);
void not_found_endpoint(http_exchange *exchange, void *provider);

#endif
