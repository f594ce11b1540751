/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH host keys from guest attributes: where a project or instance enables them, Google's guest agent writes the
 * machine's public keys there at each boot (namespace "hostkeys").
 *
 * The evidence of trust: Compute Engine tells over TLS, to an account that may ask, what was written through the
 * machine's own metadata server.  Anything that runs on the machine can write there, so this says as much as the
 * machine itself: that the peer is that machine, not that nobody broke into it.
 */
#include <string.h>

#include "base/str.h"
#include "codec/codec.h"
#include "google/api.h"
#include "json/load.h"
#include "model/host_keys.h"

struct instance {
	const char *name;
	struct pl_cloud_list addresses;
};

static void attributes_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const struct instance *i = arg;
	struct pl_model *m = pl_cloud_model(c);
	struct pl_cloud_list keys = { 0 };
	json_t *item;
	size_t k;

	/* ABSENT: nobody enabled them, or the agent has not written yet */
	json_array_foreach(pl_cloud_get(a->json, "queryValue.items"), k, item) {
		const char *type = pl_cloud_text(c, item, "key"), *key = pl_cloud_text(c, item, "value");
		pl_auto_buf blob = PL_BUF_INIT;

		if (pl_streq(pl_json_member_str(item, "namespace"), "hostkeys") && type && key && !strpbrk(type, " \t\r\n") &&
		    pl_base64_decode(key, strlen(key), &blob))
			pl_cloud_list_add(c, &keys, pl_model_strf(m, "%s %s", type, key));
	}
	pl_cloud_trace(c, "%s: its guest attributes tell %zu host key%s", i->name, keys.count, keys.count == 1 ? "" : "s");
	if (keys.count)
		pl_model_host_keys(m, &(struct pl_host_keys){
			.addresses = i->addresses.items, .address_count = i->addresses.count,
			.keys = keys.items, .key_count = keys.count,
			.from = pl_model_strf(m, "guest attributes of %s", i->name) });
}

static void add_address(struct pl_cloud *c, struct instance *i, const char *address)
{
	if (address)
		pl_cloud_list_add(c, &i->addresses, address);
}

static void add_instance(struct pl_cloud *c, json_t *j)
{
	struct instance *i = pl_arena_alloc(&pl_cloud_model(c)->arena, sizeof *i);
	const char *zone = pl_google_last(pl_cloud_text(c, j, "zone"));
	json_t *interface, *access;
	pl_auto_buf path = PL_BUF_INIT;
	size_t n, k;

	*i = (struct instance){ .name = pl_cloud_text(c, j, "name") };
	if (!i->name || !zone)
		return;
	json_array_foreach(pl_cloud_get(j, "networkInterfaces"), n, interface) {
		add_address(c, i, pl_cloud_text(c, interface, "networkIP"));
		json_array_foreach(pl_cloud_get(interface, "accessConfigs"), k, access)
			add_address(c, i, pl_cloud_text(c, access, "natIP"));
	}
	pl_buf_addf(&path, "projects/%s/zones/", pl_google_of(c)->project);
	pl_google_escape(&path, zone);
	pl_buf_adds(&path, "/instances/");
	pl_google_escape(&path, i->name);
	pl_buf_adds(&path, "/getGuestAttributes?queryPath=hostkeys%2F");
	pl_google_get(c, PL_GOOGLE_COMPUTE, "instances.getGuestAttributes", i->name, path.data, attributes_done, i);
}

static pl_cloud_done instances_done;

static void ask_instances(struct pl_cloud *c, const char *next)
{
	pl_auto_buf path = PL_BUF_INIT, filter = PL_BUF_INIT;

	pl_buf_addf(&filter, "labels.goog-k8s-cluster-name = \"%s\" AND status = \"RUNNING\"", pl_google_of(c)->name);
	pl_buf_addf(&path, "projects/%s/aggregated/instances?maxResults=500&filter=", pl_google_of(c)->project);
	pl_google_escape(&path, filter.data);
	if (next) {
		pl_buf_adds(&path, "&pageToken=");
		pl_google_escape(&path, next);
	}
	pl_google_get(c, PL_GOOGLE_COMPUTE, "instances.aggregatedList", "instances", path.data, instances_done, NULL);
}

static void instances_done(struct pl_cloud *c, const struct pl_cloud_answer *a, void *arg)
{
	const char *next = pl_cloud_text(c, a->json, "nextPageToken"), *scope;
	json_t *list, *instance;
	size_t i;

	(void)arg;
	json_object_foreach(pl_cloud_get(a->json, "items"), scope, list)
		json_array_foreach(json_object_get(list, "instances"), i, instance)
			add_instance(c, instance);
	if (next)
		ask_instances(c, next);
}

void pl_google_host_keys(struct pl_cloud *c)
{
	if (pl_google_of(c)->cluster)
		ask_instances(c, NULL);
}
