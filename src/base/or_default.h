/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of a configuration in which 0 stands for the usual one. */
#ifndef OR_DEFAULT_H
#define OR_DEFAULT_H

#define OR_DEFAULT(given, usual) ((given) > 0 ? (given) : (usual))

#endif
