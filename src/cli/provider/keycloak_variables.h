/* SPDX-License-Identifier: Apache-2.0 */
/* Keycloak's environment variables that are no options here. */
#ifndef KEYCLOAK_VARIABLES_H
#define KEYCLOAK_VARIABLES_H

#include "base/options.h"

/* Says on standard error which of the variables that are set have no effect, and why; their values
 * stay unsaid. Those without which nothing is lost are passed over. */
void keycloak_variables_tell(const option *options);

#endif
