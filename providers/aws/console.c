/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH host keys from EC2's console output: at the end of the first boot cloud-init prints the public keys, and their
 * fingerprints, between lines that mark them (cloud-init 25, cc_keys_to_console; read 2026-11).
 *
 * The evidence of trust: EC2 tells over TLS, to an account that may ask, what the machine wrote to its serial console.
 * Writing there takes root on the machine, who has the private keys anyway; no peer on the network can.  The last whole
 * block counts, as a machine that gets new keys prints them again.
 */
#include <stdlib.h>
#include <string.h>

#include "aws/api.h"
#include "base/str.h"
#include "codec/codec.h"
#include "model/host_keys.h"

#define BEGIN "-----BEGIN SSH HOST KEY "
#define END "-----END SSH HOST KEY "
/* The program that prints them writes its name before, where the log takes them: "ec2: ". */
#define LOGGED "ec2: "

/* Types of keys as ssh-keygen calls them in a fingerprint's line. */
static const struct {
	const char *word, *type;
} words[] = {
	{ "(ED25519)", "ssh-ed25519" },
	{ "(RSA)", "ssh-rsa" },
};

/* One line without its end, and without what the log wrote before it. */
static struct pl_slice line_of(const char *p, const char *end)
{
	const char *stop = memchr(p, '\n', (size_t)(end - p));
	struct pl_slice line = { p, (size_t)((stop ? stop : end) - p) };

	while (line.n && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
		line.n--;
	for (size_t i = 0; i + strlen(LOGGED) <= line.n; i++)
		if (!memcmp(line.p + i, LOGGED, strlen(LOGGED)))
			return (struct pl_slice){ line.p + i + strlen(LOGGED), line.n - i - strlen(LOGGED) };
	return line;
}

static bool begins(struct pl_slice line, const char *mark, const char *what)
{
	size_t n = strlen(mark), k = strlen(what);

	return line.n >= n + k && !memcmp(line.p, mark, n) && !memcmp(line.p + n, what, k);
}

/* "ecdsa-sha2-nistp256 AAAA... root@ip-10-0-0-1" */
static const char *key_of(struct pl_model *m, struct pl_slice line)
{
	const char *text = pl_model_strf(m, PL_SLICE_FMT, PL_SLICE_ARG(line));
	size_t type = strcspn(text, " "), key = text[type] ? strcspn(text + type + 1, " ") : 0;
	pl_auto_buf blob = PL_BUF_INIT;

	return type && key && pl_base64_decode(text + type + 1, key, &blob)
		? pl_model_strf(m, "%.*s", (int)(type + 1 + key), text) : NULL;
}

/* "256 SHA256:... root@ip-10-0-0-1 (ED25519)"; of ECDSA the bits tell the curve. */
static const char *fingerprint_of(struct pl_model *m, struct pl_slice line)
{
	const char *text = pl_model_strf(m, PL_SLICE_FMT, PL_SLICE_ARG(line));
	const char *sha = strstr(text, " SHA256:");
	int n = sha ? (int)strcspn(sha + 1, " ") : 0;

	for (size_t i = 0; sha && i < sizeof words / sizeof *words; i++)
		if (pl_ends(text, words[i].word))
			return pl_model_strf(m, "%s %.*s", words[i].type, n, sha + 1);
	if (sha && pl_ends(text, "(ECDSA)"))
		return pl_model_strf(m, "ecdsa-sha2-nistp%.*s %.*s", (int)(sha - text), text, n, sha + 1);
	return NULL;
}

/* The lines of the last whole block, each as a key; none: there is no such block. */
static struct pl_cloud_list last_block(struct pl_cloud *c, const struct pl_buf *text, const char *what,
				       const char *(*read)(struct pl_model *m, struct pl_slice line))
{
	const char *p = text->data, *end = p + text->len;
	struct pl_cloud_list whole = { 0 }, open = { 0 };
	bool inside = false;

	while (p < end) {
		struct pl_slice line = line_of(p, end);
		const char *next = memchr(p, '\n', (size_t)(end - p));
		const char *key = inside ? read(pl_cloud_model(c), line) : NULL;

		if (begins(line, BEGIN, what)) {
			open = (struct pl_cloud_list){ 0 };
			inside = true;
		} else if (inside && begins(line, END, what)) {
			whole = open;
			inside = false;
		} else if (key) {
			pl_cloud_list_add(c, &open, key);
		}
		p = next ? next + 1 : end;
	}
	return whole;
}

/* ---- instances ---- */

struct instance {
	const char *id;
	struct pl_cloud_list addresses;
};

static void output_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *output = pl_cloud_text(c, a->json, "output");
	const struct instance *i = arg;
	pl_auto_buf text = PL_BUF_INIT;
	struct pl_cloud_list keys;

	if (!output || !pl_base64_decode(output, strlen(output), &text) || !text.len)
		return; /* a young machine has not said a word yet */
	keys = last_block(c, &text, "KEYS-----", key_of);
	if (!keys.count)
		keys = last_block(c, &text, "FINGERPRINTS-----", fingerprint_of);
	pl_cloud_trace(c, "%s: its console output tells %zu host key%s", i->id, keys.count, keys.count == 1 ? "" : "s");
	if (keys.count)
		pl_model_host_keys(pl_cloud_model(c), &(struct pl_host_keys){
			.addresses = i->addresses.items, .address_count = i->addresses.count,
			.keys = keys.items, .key_count = keys.count,
			.from = pl_model_strf(pl_cloud_model(c), "EC2's console output of %s", i->id) });
}

static void add_address(struct pl_cloud *c, struct instance *i, const char *address)
{
	if (address)
		pl_cloud_list_add(c, &i->addresses, address);
}

static void add_instance(struct pl_cloud *c, json_t *j)
{
	struct instance *i = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *i);
	pl_auto_buf form = PL_BUF_INIT;
	json_t *interface, *address;
	size_t n, k;

	*i = (struct instance){ .id = pl_cloud_text(c, j, "instanceId") };
	if (!i->id)
		return;
	add_address(c, i, pl_cloud_text(c, j, "ipAddress"));
	json_array_foreach(pl_cloud_get(j, "networkInterfaceSet"), n, interface)
		json_array_foreach(pl_cloud_get(interface, "privateIpAddressesSet"), k, address)
			add_address(c, i, pl_cloud_text(c, address, "privateIpAddress"));
	add_address(c, i, i->addresses.count ? NULL : pl_cloud_text(c, j, "privateIpAddress"));
	pl_buf_adds(&form, "&InstanceId=");
	pl_sigv4_escape(&form, i->id, strlen(i->id), "");
	pl_aws_query(c, PL_AWS_EC2, "GetConsoleOutput", i->id, form.data, false, output_done, i);
}

static pl_cloud_done instances_done;

static void ask_instances(struct pl_cloud *c, const char *next)
{
	pl_auto_buf form = PL_BUF_INIT, tag = PL_BUF_INIT;

	pl_buf_adds(&form, "&MaxResults=1000");
	pl_aws_add_filter(&form, 1, "instance-state-name", "running");
	pl_buf_addf(&tag, "kubernetes.io/cluster/%s", pl_aws_of(c)->name);
	pl_aws_add_filter(&form, 2, "tag-key", tag.data);
	if (next) {
		pl_buf_adds(&form, "&NextToken=");
		pl_sigv4_escape(&form, next, strlen(next), "");
	}
	pl_aws_query(c, PL_AWS_EC2, "DescribeInstances", "the cluster's instances", form.data, false, instances_done, NULL);
}

static void instances_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_cloud_text(c, a->json, "nextToken");
	json_t *reservation, *instance;
	size_t i, k;

	(void)arg;
	json_array_foreach(pl_cloud_get(a->json, "reservationSet"), i, reservation)
		json_array_foreach(pl_cloud_get(reservation, "instancesSet"), k, instance)
			add_instance(c, instance);
	if (next)
		ask_instances(c, next);
}

void pl_aws_host_keys(struct pl_cloud *c)
{
	if (pl_aws_of(c)->cluster)
		ask_instances(c, NULL);
}
