/* SPDX-License-Identifier: Apache-2.0 */
/* Keycloak's settings that are none here, in the environment and in its config file. */
#ifndef KEYCLOAK_VARIABLES_H
#define KEYCLOAK_VARIABLES_H

#include "base/options.h"

/* Says on standard error which of the variables that are set have no effect, and why; their values
 * stay unsaid. Those without which nothing is lost are passed over. */
void keycloak_variables_tell(const option *options);

/* The same about a line of a config file, named as there: "db-url". False: it is none of
 * Keycloak's, and nothing has been said. */
bool keycloak_setting_is_known(ost_text name, ost_text value);

/* Why an option of the command line, named without its dashes, has no place here; NULL: it is none
 * of Keycloak's. */
const char *keycloak_setting_why(ost_text name);

#endif
