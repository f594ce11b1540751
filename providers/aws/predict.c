/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/api.h"

void pl_aws_predict(struct pl_cloud *c)
{
	(void)c;
}
