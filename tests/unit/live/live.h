/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clusters in a few lines of text, so that a case is a row.  A line tells of one answer:
 *
 *	version v1.24.10+k3s1           groups NAME...          hint name=c provider=eks server=URL ...
 *	node NAME LABEL=VALUE... @WORD=VALUE...   words: cpu memory disk pods os kernel runtime arch version
 *	                                          id taint ip args flannel ready; "-" leaves it out
 *	daemonset NAME IMAGE[,IMAGE] DESIRED READY       deployment NAME IMAGE REPLICAS READY
 *	service NAME PORT[,PORT] ADDRESS|- KEY=VALUE...  ingress NAME CLASS
 *	namespace NAME [LEVEL]    class NAME [default]    psp NAME true|false
 *	webhook NAME RESOURCE     policy NAME RESOURCE    binding NAME Deny|Audit
 *	refused RESOURCE          probe admitted|denied
 *
 * '_' in a value stands for a space.  Every answer is written as an API server does and read as a page.
 */
#ifndef TESTS_UNIT_LIVE_LIVE_H
#define TESTS_UNIT_LIVE_LIVE_H

#include "../eval/world.h"
#include "kubernetes/kube.h"
#include "model/provider.h"

struct live {
	struct pl_model *m;
	struct pl_kube *k;
	struct pl_buf pages[16]; /* items of each kind, in the order of pl_kube_kinds */
	const char *refused[16];
	size_t refused_count;
};

static const struct pl_kube_kind *live_kind(const char *resource)
{
	const struct pl_kube_kind *kind = pl_kube_kinds;

	while (kind->resource && !pl_streq(kind->resource, resource))
		kind++;
	if (!kind->resource)
		fail_msg("no kind '%s'", resource);
	return kind;
}

static struct pl_buf *live_item(struct live *l, const char *resource)
{
	struct pl_buf *b = &l->pages[live_kind(resource) - pl_kube_kinds];

	pl_buf_adds(b, b->len ? "," : "");
	return b;
}

static const char *live_words(struct live *l, const char *value)
{
	char *copy = pl_arena_strdup(&l->m->arena, value);

	for (char *p = copy; *p; p++)
		*p = *p == '_' ? ' ' : *p;
	return copy;
}

/* ---- nodes ---- */

static const struct {
	const char *word, *usual, *format;
	bool spaces; /* '_' is one */
} live_node[] = {
	{ "cpu", "8", "\"capacity\":{\"cpu\":\"%s\",", false },
	{ "memory", "32861856Ki", "\"memory\":\"%s\",", false },
	{ "disk", "600000000Ki", "\"ephemeral-storage\":\"%s\",", false },
	{ "pods", "110", "\"pods\":\"%s\"},", false },
	{ "ready", "True", "\"conditions\":[{\"type\":\"Ready\",\"status\":\"%s\"}],", false },
	{ "ip", "10.0.0.1", "\"addresses\":[{\"type\":\"InternalIP\",\"address\":\"%s\"}],", false },
	{ "os", "Ubuntu_22.04.3_LTS", "\"nodeInfo\":{\"osImage\":\"%s\",", true },
	{ "kernel", "5.15.0-1023-aws", "\"kernelVersion\":\"%s\",", false },
	{ "runtime", "containerd://1.6.20", "\"containerRuntimeVersion\":\"%s\",", false },
	{ "arch", "amd64", "\"architecture\":\"%s\",", false },
	{ "version", "v1.24.10", "\"kubeletVersion\":\"%s\"}", false },
};

/* What "@WORD=" says among the words, or `usual`. */
static const char *live_said(const char *const *words, size_t n, const char *word, const char *usual)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < n; i++)
		if (words[i][0] == '@' && !strncmp(words[i] + 1, word, len) && words[i][len + 1] == '=')
			return words[i] + len + 2;
	return usual;
}

static void live_labels(struct pl_buf *b, const char *const *words, size_t n, const char *name)
{
	const char *comma = "";

	pl_buf_addf(b, "\"%s\":{", name);
	for (size_t i = 0; i < n; i++) {
		const char *equals = strchr(words[i], '=');

		if (words[i][0] == '@' || !equals)
			continue;
		pl_buf_addf(b, "%s\"%.*s\":\"%s\"", comma, (int)(equals - words[i]), words[i], equals + 1);
		comma = ",";
	}
	pl_buf_adds(b, "}");
}

static void live_node_spec(struct pl_buf *b, const char *const *words, size_t n)
{
	const char *taint = live_said(words, n, "taint", NULL), *id = live_said(words, n, "id", NULL);

	pl_buf_adds(b, "\"spec\":{");
	if (id)
		pl_buf_addf(b, "\"providerID\":\"%s\",", id);
	pl_buf_adds(b, "\"taints\":[");
	if (taint) {
		const char *equals = strchr(taint, '='), *colon = strrchr(taint, ':');

		pl_buf_addf(b, "{\"key\":\"%.*s\",\"value\":\"%.*s\",\"effect\":\"%s\",\"timeAdded\":null}",
			    (int)(equals - taint), taint, (int)(colon - equals - 1), equals + 1, colon + 1);
	}
	pl_buf_adds(b, "]}");
}

static void live_add_node(struct live *l, const char *name, const char *const *words, size_t n)
{
	struct pl_buf *b = live_item(l, "nodes");
	const char *args = live_said(words, n, "args", NULL);

	pl_buf_addf(b, "{\"metadata\":{\"name\":\"%s\",", name);
	live_labels(b, words, n, "labels");
	pl_buf_adds(b, ",\"annotations\":{\"a\":\"b\"");
	if (args)
		pl_buf_addf(b, ",\"k3s.io/node-args\":\"[\\\"server\\\",\\\"%s\\\"]\"", args);
	if (live_said(words, n, "flannel", NULL))
		pl_buf_adds(b, ",\"flannel.alpha.coreos.com/backend-type\":\"vxlan\"");
	pl_buf_adds(b, "},\"managedFields\":[{\"manager\":\"kubelet\"}]},");
	live_node_spec(b, words, n);
	pl_buf_adds(b, ",\"status\":{\"images\":[{\"names\":[\"x\"],\"sizeBytes\":1}],");
	for (size_t i = 0; i < sizeof live_node / sizeof *live_node; i++) {
		const char *said = live_said(words, n, live_node[i].word, live_node[i].usual);
		const char *place = strstr(live_node[i].format, "%s");

		said = live_node[i].spaces ? live_words(l, said) : said;
		pl_buf_addf(b, "%.*s%s%s", (int)(place - live_node[i].format), live_node[i].format, said,
			    place + 2);
	}
	pl_buf_adds(b, "}}");
}

/* ---- other kinds ---- */

static void live_workload(struct live *l, const char *resource, const char *name,
			  const char *const *w)
{
	struct pl_buf *b = live_item(l, resource);
	const char *images = w[0], *image, *comma = "";

	pl_buf_addf(b, "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"kube-system\"},\"spec\":{"
		       "\"replicas\":%s,\"template\":{\"spec\":{\"containers\":[", name, w[1]);
	while ((image = next_part(l->m, &images, ","))) {
		pl_buf_addf(b, "%s{\"name\":\"c\",\"image\":\"%s\"}", comma, image);
		comma = ",";
	}
	pl_buf_addf(b, "]}}},\"status\":{\"desiredNumberScheduled\":%s,\"numberReady\":%s,"
		       "\"readyReplicas\":%s}}", w[1], w[2], w[2]);
}

static void live_service(struct live *l, const char *name, const char *const *w, size_t n)
{
	struct pl_buf *b = live_item(l, "services");
	const char *ports = w[0], *port, *comma = "";

	pl_buf_addf(b, "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"default\",", name);
	live_labels(b, w + 2, n - 2, "annotations");
	pl_buf_adds(b, "},\"spec\":{\"type\":\"LoadBalancer\",\"ports\":[");
	while ((port = next_part(l->m, &ports, ","))) {
		pl_buf_addf(b, "%s{\"port\":%s,\"protocol\":\"TCP\"}", comma, port);
		comma = ",";
	}
	pl_buf_adds(b, "]},\"status\":{\"loadBalancer\":{");
	if (!pl_streq(w[1], "-"))
		pl_buf_addf(b, "\"ingress\":[{\"ip\":\"%s\"}]", w[1]);
	pl_buf_adds(b, "}}}");
}

#define LIVE_RULES \
	"[{\"apiGroups\":[\"\"],\"apiVersions\":[\"v1\"],\"operations\":[\"CREATE\"],\"resources\":[\"%s\"]}]"

/* Kinds of one line each: %s is the name, then the word behind it. */
static const struct {
	const char *word, *resource, *format, *usual;
} live_kinds[] = {
	{ "namespace", "namespaces",
	  "{\"metadata\":{\"name\":\"%s\",\"uid\":\"u-1\",\"labels\":{\"%s\":\"%s\"}}}", "" },
	{ "class", "storageclasses", "{\"metadata\":{\"name\":\"%s\",\"annotations\":{"
	  "\"storageclass.kubernetes.io/is-default-class\":\"%s\"}}}", "false" },
	{ "ingress", "ingresses", "{\"metadata\":{\"name\":\"%s\",\"namespace\":\"default\"},"
	  "\"spec\":{\"ingressClassName\":\"%s\"}}", "nginx" },
	{ "webhook", "validatingwebhookconfigurations", "{\"metadata\":{\"name\":\"hooks\"},"
	  "\"webhooks\":[{\"name\":\"%s\",\"rules\":" LIVE_RULES "}]}", "pods" },
	{ "policy", "validatingadmissionpolicies", "{\"metadata\":{\"name\":\"%s\"},\"spec\":{"
	  "\"matchConstraints\":{\"resourceRules\":" LIVE_RULES "}}}", "pods" },
	{ "binding", "validatingadmissionpolicybindings", "{\"metadata\":{\"name\":\"b\"},\"spec\":{"
	  "\"policyName\":\"%s\",\"validationActions\":[\"%s\"]}}", "Deny" },
	{ "psp", "podsecuritypolicies", "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"privileged\":%s}}",
	  "true" },
};

static void live_plain(struct live *l, size_t at, const char *name, const char *word)
{
	struct pl_buf *b = live_item(l, live_kinds[at].resource);
	const char *format = live_kinds[at].format, *values[3] = { name, word ? word : live_kinds[at].usual };
	size_t n = 0;

	if (pl_streq(live_kinds[at].word, "class"))
		values[1] = word ? "true" : "false";
	if (pl_streq(live_kinds[at].word, "namespace")) {
		values[2] = word ? word : "x";
		values[1] = word ? "pod-security.kubernetes.io/enforce" : "plain";
	}
	for (const char *p = format; *p; p++) {
		if (p[0] == '%' && p[1] == 's') {
			pl_buf_adds(b, values[n++]);
			p++;
		} else {
			pl_buf_addc(b, *p);
		}
	}
}

/* ---- a line ---- */

static void live_version(struct live *l, const char *version)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_addf(&b, "{\"major\":\"1\",\"gitVersion\":\"%s\"}", version);
	if (pl_kube_version(l->k, (struct pl_slice){ b.data, b.len }, &err))
		fail_msg("%s", err.text);
}

static void live_groups(struct live *l, const char *const *words, size_t n)
{
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf b = PL_BUF_INIT;

	pl_buf_adds(&b, "{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"apps\"}");
	for (size_t i = 0; i < n; i++)
		pl_buf_addf(&b, ",{\"name\":\"%s\"}", words[i]);
	pl_buf_adds(&b, "]}");
	if (pl_kube_groups(l->k, (struct pl_slice){ b.data, b.len }, &err))
		fail_msg("%s", err.text);
}

static void live_line(struct live *l, const char *line)
{
	const char *kind = next_part(l->m, &line, " "), *name = next_part(l->m, &line, " ");
	const char *words[32], *word;
	size_t n = 0;

	while (n < 32 && (word = next_part(l->m, &line, " ")))
		words[n++] = word;
	for (size_t i = 0; i < sizeof live_kinds / sizeof *live_kinds; i++)
		if (pl_streq(kind, live_kinds[i].word))
			live_plain(l, i, name, n ? words[0] : NULL);
	if (pl_streq(kind, "version"))
		live_version(l, name);
	else if (pl_streq(kind, "groups"))
		live_groups(l, &name, name != NULL);
	else if (pl_streq(kind, "node"))
		live_add_node(l, name, words, n);
	else if (pl_streq(kind, "daemonset"))
		live_workload(l, "daemonsets", name, words);
	else if (pl_streq(kind, "deployment"))
		live_workload(l, "deployments", name, words);
	else if (pl_streq(kind, "service"))
		live_service(l, name, words, n);
	else if (pl_streq(kind, "refused"))
		l->refused[l->refused_count++] = name;
	else if (pl_streq(kind, "probe"))
		pl_kube_probe_admission(l->k, pl_streq(name, "admitted"), "the dry run says so");
}

/* ---- the cluster ---- */

static void live_page(struct live *l, const struct pl_kube_kind *kind)
{
	struct pl_buf *items = &l->pages[kind - pl_kube_kinds];
	struct pl_err err = PL_ERR_INIT;
	pl_auto_buf b = PL_BUF_INIT;
	struct pl_slice next;
	bool refused = false;

	for (size_t i = 0; i < l->refused_count; i++)
		refused |= pl_streq(l->refused[i], kind->resource);
	if (refused) {
		pl_kube_kind_end(l->k, kind, PL_KUBE_FORBIDDEN, NULL, NULL);
		return;
	}
	pl_buf_addf(&b, "{\"kind\":\"%sList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},"
			"\"items\":[%s]}", kind->word, items->data);
	if (pl_kube_page(l->k, kind, (struct pl_slice){ b.data, b.len }, &next, &err))
		fail_msg("%s", err.text);
	assert_int_equal(next.n, 0);
	pl_kube_kind_end(l->k, kind, PL_KUBE_LISTED, NULL, NULL);
}

static const char *live_hint(struct pl_model *m, const char *text, const char *key)
{
	const char *line = strstr(text, "hint "), *words = line ? line + 5 : "", *word;
	size_t n = strlen(key);

	words = pl_arena_strndup(&m->arena, words, strcspn(words, "\n"));
	while ((word = next_part(m, &words, " ")))
		if (!strncmp(word, key, n) && word[n] == '=')
			return word + n + 1;
	return NULL;
}

/* Adds the cluster of the text as a source of that name. */
static inline void live_add(struct pl_model *m, const char *name, const char *text)
{
	struct live l = { .m = m };
	const struct pl_kube_hints hints = {
		.context = "ctx", .server = live_hint(m, text, "server"), .name = live_hint(m, text, "name"),
		.provider = live_hint(m, text, "provider"), .location = live_hint(m, text, "location"),
		.account = live_hint(m, text, "account"),
	};
	int source = pl_model_source(m, &(struct pl_source){ .name = name, .kind = "kubernetes",
							     .witness = PL_CLUSTER_API, .complete = true });
	const char *line;

	l.k = pl_kube_new(m, pl_providers, source, &hints);
	for (size_t i = 0; i < 16; i++)
		l.pages[i] = (struct pl_buf)PL_BUF_INIT;
	while ((line = next_part(m, &text, "\n")))
		live_line(&l, line);
	for (const struct pl_kube_kind *kind = pl_kube_kinds; kind->resource; kind++)
		live_page(&l, kind);
	pl_kube_finish(l.k);
	pl_kube_free(l.k);
	for (size_t i = 0; i < 16; i++)
		pl_buf_release(&l.pages[i]);
}

/* Joins what was added and lets the providers finish it. */
static inline void live_join(struct pl_model *m)
{
	pl_model_join(m);
	for (size_t i = 0; i < m->object_count; i++)
		for (size_t p = 0; m->objects[i]->kind == PL_CLUSTER && pl_providers[p]; p++)
			if (pl_providers[p]->finish)
				pl_providers[p]->finish(m, m->objects[i]);
}

/* ---- facts ---- */

/* The cluster witness's values of an attribute, with commas between; "?" unknown, "-" none. */
static inline const char *live_fact(struct pl_model *m, const char *kind, const char *name,
				    const char *attribute)
{
	int k = pl_kind_find(kind), attr = pl_attr_find((enum pl_kind)k, attribute);
	const char *text = "-";

	if (attr < 0)
		fail_msg("no attribute %s of %s", attribute, kind);
	for (size_t i = 0; i < m->object_count; i++) {
		const struct pl_object *o = m->objects[i];
		const struct pl_fact *f;

		if (o->kind != (enum pl_kind)k || (name && !pl_streq(o->name, name)))
			continue;
		for (f = pl_object_fact(o, (enum pl_attr)attr, PL_CLUSTER_API); f;
		     f = pl_fact_next(f, PL_CLUSTER_API)) {
			const char *one = f->known ? pl_value_text(&m->arena, &f->value) : "?";

			text = pl_streq(text, "-") ? one : pl_model_strf(m, "%s,%s", text, one);
		}
		return text;
	}
	return "no such object";
}

/* How many of the lines "KIND[/NAME].ATTRIBUTE = VALUE" do not hold; each is printed. */
static inline size_t live_wrong(struct pl_model *m, const char *what, const char *expected)
{
	const char *line;
	size_t wrong = 0;

	while ((line = next_part(m, &expected, "\n"))) {
		const char *equals = strstr(line, " = ");
		char *left = pl_arena_strndup(&m->arena, line, (size_t)(equals - line));
		char *dot = strrchr(left, '.'), *slash = strchr(left, '/');
		const char *found;

		*dot = '\0';
		if (slash)
			*slash = '\0';
		found = live_fact(m, left, slash ? slash + 1 : NULL, dot + 1);
		if (pl_streq(found, equals + 3))
			continue;
		print_error("%s: %s is %s\n", what, line, found);
		wrong++;
	}
	return wrong;
}

#endif
