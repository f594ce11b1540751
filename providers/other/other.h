/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this provider share. */
#ifndef PL_PROVIDERS_OTHER_OTHER_H
#define PL_PROVIDERS_OTHER_OTHER_H

#include "terraform/provider.h"

extern const struct pl_provider pl_provider_other;
extern const struct pl_kube_provider pl_other_live; /* live.c */

#endif
