/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS credentials in the order of botocore (1.43, read 2026-11): the environment, a profile's role, a web
 * identity, SSO, the credentials file, credential_process, the config file, a container's, an instance's.
 */
#ifndef PL_PROVIDERS_AWS_CREDENTIALS_H
#define PL_PROVIDERS_AWS_CREDENTIALS_H

#include "aws/config.h"
#include "cloud/provider.h"
#include "cloud/sigv4.h"

struct pl_aws_keys {
	struct pl_buf id, secret, token; /* token empty: none */
	int64_t expires;                 /* Unix seconds; 0: never */
	char how[160];                   /* for people: "the profile prod", never a secret */
};

#define PL_AWS_KEYS_INIT { PL_BUF_INIT, PL_BUF_INIT, PL_BUF_INIT, 0, "" }
void pl_aws_keys_release(struct pl_aws_keys *k); /* wipes */

/*
 * Finds credentials; what `out` had is replaced.  The first that is configured decides: an error there ends
 * the search.  -1: PL_E_AUTH says what was tried and found; PL_E_STOPPED, PL_E_TIMEOUT.
 */
int pl_aws_credentials(const struct pl_aws_config *c, const char *region, struct pl_cloud_net *net,
		       struct pl_aws_keys *out, struct pl_err *err) __attribute__((warn_unused_result));

/* For pl_sigv4_*(); borrows. */
struct pl_sigv4 pl_aws_signer(const struct pl_aws_keys *k, const char *region, const char *service);

/* ---- for the files of credentials ---- */

/* One search. */
struct pl_aws_search {
	const struct pl_aws_config *config;
	const char *region;
	struct pl_cloud_net *net;
	struct pl_buf tried; /* "; the environment: ..." */
	unsigned depth;      /* of profiles that name profiles */
};

/* 1: found.  0: nothing of the kind is configured.  -1: it is, and fails. */
typedef int pl_aws_find(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err);
pl_aws_find pl_aws_role, pl_aws_web_identity; /* credentials_role.c */
pl_aws_find pl_aws_sso, pl_aws_process;       /* credentials_tool.c */
pl_aws_find pl_aws_container, pl_aws_imds; /* credentials_host.c */
pl_aws_find pl_aws_environment, pl_aws_static; /* credentials.c */

/* The profile's own credentials, whatever way it has them. */
int pl_aws_of_profile(struct pl_aws_search *s, const char *profile, struct pl_aws_keys *out, struct pl_err *err);
/*
 * Takes the members of an answer, "AccessKeyId|accessKeyId" and so on by Amazon's usual names; false when
 * one is missing.
 */
bool pl_aws_take(struct pl_aws_keys *out, json_t *json);
void pl_aws_set(struct pl_aws_keys *out, const char *id, const char *secret, const char *token);
/* "2026-11-26T12:00:00Z" as Unix seconds; 0: it is none. */
int64_t pl_aws_time(const char *text);

#endif
