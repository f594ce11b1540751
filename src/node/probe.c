/* SPDX-License-Identifier: Apache-2.0 */
/* How a node is asked, and what its answer tells: see probe.h. */
#include "node/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "node/probe_internal.h"

/* ---- asking ---- */

int pl_probe_nonce(char out[PL_PROBE_NONCE], struct pl_err *err)
{
	unsigned char bytes[(PL_PROBE_NONCE - 1) / 2];

	if (getentropy(bytes, sizeof bytes))
		return pl_err_set(err, PL_E_INTERNAL, "the system gives no random bytes");
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

const struct pl_probe_kind pl_probe_kinds[] = {
	{ PL_NODE_PATHS, "path:" },     { PL_NODE_SYSCTLS, "sysctl:" },  { PL_NODE_MODULES, "module:" },
	{ PL_NODE_DISK_FREE, "disk:" }, { PL_ATTR_COUNT, NULL },
};

/* Of names that any shell takes as they are. */
static bool is_plain(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:-";

	return *name && !name[strspn(name, plain)];
}

static void add_words(struct pl_buf *out, const char *nonce, const char *const *ask, size_t count)
{
	pl_buf_addf(out, "sh -s %s", nonce);
	for (size_t i = 0; i < count && i < PL_LIMIT_PROBE_ASKED; i++)
		if (is_plain(ask[i]))
			pl_buf_addf(out, " %s", ask[i]);
}

void pl_probe_command(struct pl_buf *out, const char *nonce, bool sudo, const char *const *ask,
		      size_t ask_count)
{
	if (sudo) {
		/* a sudo that refuses leaves the script unread for the second sh */
		pl_buf_adds(out, "sudo -n ");
		add_words(out, nonce, ask, ask_count);
		pl_buf_adds(out, " || ");
	}
	add_words(out, nonce, ask, ask_count);
}

/* ---- reading ---- */

const char *pl_probe_text(struct pl_probe *p, struct pl_slice s)
{
	if (!s.n || s.n > PL_LIMIT_PROBE_TEXT)
		return NULL;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return NULL;
	return pl_arena_strndup(&p->m->arena, s.p, s.n);
}

const char *pl_probe_why(struct pl_probe *p, const struct pl_probe_section *s)
{
	const char *source = s && *s->source ? s->source : "it";

	switch (s ? s->status : PL_PROBE_CUT) {
	case PL_PROBE_CUT:
		return "the node's answer ended before it";
	case PL_PROBE_ABSENT:
		return pl_model_strf(p->m, "the node has no %s", source);
	case PL_PROBE_DENIED:
		return pl_model_strf(p->m, "%s may not be read%s", source,
				     p->answer->root ? "" : "; --sudo asks as root");
	case PL_PROBE_MISSING:
		return pl_model_strf(p->m, "the node has no command %s", s->what);
	case PL_PROBE_FAILED:
		return pl_model_strf(p->m, "%s failed on the node", source);
	case PL_PROBE_OK:
		break;
	}
	return pl_model_strf(p->m, "%s does not tell", source);
}

void pl_probe_unknown(struct pl_probe *p, enum pl_attr attr, const struct pl_probe_section *s)
{
	pl_fact_unknown(p->m, p->o, attr, pl_probe_why(p, s), s && *s->source ? s->source : NULL);
}

static struct pl_slice unquote(struct pl_slice s)
{
	if (s.n >= 2 && (*s.p == '"' || *s.p == '\'') && s.p[s.n - 1] == *s.p)
		return (struct pl_slice){ s.p + 1, s.n - 2 };
	return s;
}

/* The value behind KEY= in os-release; n 0: none. */
static struct pl_slice release_value(const struct pl_probe_section *s, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < s->count; i++)
		if (s->lines[i].n > n && !memcmp(s->lines[i].p, key, n) && s->lines[i].p[n] == '=')
			return unquote((struct pl_slice){ s->lines[i].p + n + 1, s->lines[i].n - n - 1 });
	return (struct pl_slice){ "", 0 };
}

/* IDs of os-release whose systems the model knows under another name. */
static const struct {
	const char *id, *variant, *os; /* variant NULL: any */
} systems[] = {
	{ "amzn", NULL, "amazon-linux" },     { "azurelinux", NULL, "azure-linux" },
	{ "mariner", NULL, "azure-linux" },   { "ol", NULL, "oracle-linux" },
	{ "rhel", "coreos", "rhcos" },        { "fedora", "coreos", "fedora-coreos" },
	{ "sles", NULL, "suse" },             { "sled", NULL, "suse" },
	{ "sle-micro", NULL, "suse" },        { "sl-micro", NULL, "suse" },
	{ "suse-microos", NULL, "suse" },     { "opensuse-leap", NULL, "suse" },
	{ "opensuse-tumbleweed", NULL, "suse" }, { "opensuse-microos", NULL, "suse" },
	{ "Talos", NULL, "talos" }, /* it has a name and no ID */
};

static const char *system_of(const char *id, struct pl_slice variant)
{
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
		if (pl_streq(id, systems[i].id) &&
		    (!systems[i].variant || pl_slice_is(variant, systems[i].variant)))
			return systems[i].os;
	return id;
}

static void read_os(struct pl_probe *p, const struct pl_probe_section *s)
{
	struct pl_slice id = release_value(s, "ID"), version = release_value(s, "VERSION_ID");
	const char *os = pl_probe_text(p, id.n ? id : release_value(s, "NAME")), *text;

	if (os)
		pl_fact_text(p->m, p->o, PL_NODE_OS, system_of(os, release_value(s, "VARIANT_ID")), s->source);
	if (version.n > 1 && *version.p == 'v')
		version = (struct pl_slice){ version.p + 1, version.n - 1 };
	text = pl_probe_text(p, version);
	if (text)
		pl_fact_text(p->m, p->o, PL_NODE_OS_VERSION, text, s->source);
}

static void read_kernel(struct pl_probe *p, const struct pl_probe_section *s)
{
	const char *text = s->count ? pl_probe_text(p, s->lines[0]) : NULL;

	if (text)
		pl_fact_text(p->m, p->o, PL_NODE_KERNEL, text, s->source);
}

static void read_machine(struct pl_probe *p, const struct pl_probe_section *s)
{
	static const struct {
		const char *machine, *architecture;
	} machines[] = {
		{ "x86_64", "amd64" }, { "aarch64", "arm64" }, { "armv7l", "arm" }, { "armv8l", "arm" },
		{ "i686", "386" },     { "i386", "386" },
	};
	const char *text = s->count ? pl_probe_text(p, s->lines[0]) : NULL;

	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (pl_streq(text, machines[i].machine))
			text = machines[i].architecture;
	if (text)
		pl_fact_text(p->m, p->o, PL_NODE_ARCHITECTURE, text, s->source);
}

/* "0-3,8": how many; 0 for what is no such list. */
static int64_t count_cpus(struct pl_slice list)
{
	int64_t count = 0;

	while (list.n) {
		const char *comma = memchr(list.p, ',', list.n);
		struct pl_slice range = { list.p, comma ? (size_t)(comma - list.p) : list.n };
		const char *dash = memchr(range.p, '-', range.n);
		struct pl_slice first = { range.p, dash ? (size_t)(dash - range.p) : range.n };
		int64_t from, to;

		if (!pl_probe_number(first, &from))
			return 0;
		to = from;
		if (dash && !pl_probe_number((struct pl_slice){ dash + 1, range.n - first.n - 1 }, &to))
			return 0;
		if (to < from || to >= PL_LIMIT_PROBE_CPUS)
			return 0;
		count += to - from + 1;
		list = comma ? (struct pl_slice){ comma + 1, list.n - range.n - 1 } : (struct pl_slice){ "", 0 };
	}
	return count;
}

static void read_cpu(struct pl_probe *p, const struct pl_probe_section *s)
{
	int64_t count = s->count ? count_cpus(s->lines[0]) : 0;

	if (count > 0 && count <= PL_LIMIT_PROBE_CPUS)
		pl_fact_int(p->m, p->o, PL_NODE_VCPU, count, s->source);
}

/* "16393297 kB" in bytes. */
static bool kilobytes(struct pl_slice s, int64_t *bytes)
{
	int64_t n;

	if (!pl_probe_number(pl_probe_word(&s), &n) || !pl_slice_is(s, "kB") || n > INT64_MAX / 1024)
		return false;
	*bytes = n * 1024;
	return true;
}

static void read_memory(struct pl_probe *p, const struct pl_probe_section *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct pl_slice total = pl_probe_after(s->lines[i], "MemTotal:");
		struct pl_slice swap = pl_probe_after(s->lines[i], "SwapTotal:");
		int64_t bytes;

		if (total.p && kilobytes(total, &bytes) && bytes &&
		    !pl_object_fact(p->o, PL_NODE_MEMORY, PL_NODE_SSH))
			pl_fact_int(p->m, p->o, PL_NODE_MEMORY, bytes, s->source);
		if (swap.p && kilobytes(swap, &bytes) && !pl_object_fact(p->o, PL_NODE_SWAP, PL_NODE_SSH))
			pl_fact_int(p->m, p->o, PL_NODE_SWAP, bytes, s->source);
	}
}

static void read_cgroup(struct pl_probe *p, const struct pl_probe_section *s)
{
	static const char *const modes[] = { "v1", "v2", "hybrid", "none" };

	for (size_t i = 0; s->count && i < sizeof modes / sizeof *modes; i++)
		if (pl_slice_is(s->lines[0], modes[i]))
			pl_fact_text(p->m, p->o, PL_NODE_CGROUP, modes[i], s->source);
}

static void read_disk(struct pl_probe *p, const struct pl_probe_section *s)
{
	struct pl_slice sectors = s->count ? pl_probe_after(s->lines[0], "sectors") : (struct pl_slice){ NULL, 0 };
	int64_t n;

	if (sectors.p && pl_probe_number(sectors, &n) && n && n <= INT64_MAX / 512)
		pl_fact_int(p->m, p->o, PL_NODE_DISK, n * 512, s->source);
}

/* ---- lists ---- */

static int compare_ports(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

/* Four hex digits. */
static bool port_of(struct pl_slice s, long *port)
{
	static const char digits[] = "0123456789ABCDEF";

	*port = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *digit = s.p[i] ? strchr(digits, s.p[i]) : NULL;

		if (!digit)
			return false;
		*port = *port * 16 + (digit - digits);
		if (*port > 65535)
			return false;
	}
	return *port > 0;
}

static struct pl_fact *add_list(struct pl_probe *p, enum pl_attr attr, const char *const *list,
				size_t count, const char *path, bool open)
{
	struct pl_value v = { .type = PL_LIST, .list = list, .count = count, .open = open };

	return pl_fact_add(p->m, p->o, attr, &v, path);
}

static void read_ports(struct pl_probe *p, const struct pl_probe_section *s)
{
	long *ports = pl_arena_alloc(&p->m->arena, (s->count + 1) * sizeof *ports);
	const char **texts = pl_arena_alloc(&p->m->arena, (s->count + 1) * sizeof *texts);
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (!port_of(s->lines[i], &ports[n]))
			return; /* not what the kernel writes: nothing of it is believed */
		n++;
	}
	if (n)
		qsort(ports, n, sizeof *ports, compare_ports);
	for (size_t i = 0; i < n; i++)
		if (!i || ports[i] != ports[i - 1])
			texts[kept++] = pl_model_strf(p->m, "%ld", ports[i]);
	add_list(p, PL_NODE_PORTS, texts, kept, s->source, false);
}

static bool is_address(const char *text)
{
	return text && strlen(text) < 46 && strpbrk(text, ".:") &&
	       !text[strspn(text, "0123456789abcdefABCDEF.:")];
}

static void add_address(struct pl_probe *p, const char **list, size_t *count, struct pl_slice s)
{
	const char *text = pl_probe_text(p, s);

	if (!is_address(text) || *count == PL_LIMIT_PROBE_ADDRESSES)
		return;
	for (size_t i = 0; i < *count; i++)
		if (pl_streq(list[i], text))
			return;
	list[(*count)++] = text;
}

/* What the kubelet was told comes first, then the interfaces; the address we came in by without them. */
static void read_addresses(struct pl_probe *p, const struct pl_probe_section *s)
{
	const char *list[PL_LIMIT_PROBE_ADDRESSES], *from = NULL, *told = pl_probe_setting(p, "node-ip", &from);
	size_t count = 0;

	for (size_t n; told && *told; told += n + (told[n] == ',')) {
		n = strcspn(told, ",");
		add_address(p, list, &count, (struct pl_slice){ told, n });
	}
	for (size_t i = 0; s && i < s->count; i++) {
		struct pl_slice rest = s->lines[i];
		bool ssh = pl_slice_is(pl_probe_word(&rest), "ssh");

		if (s->status == PL_PROBE_OK || ssh)
			add_address(p, list, &count, rest);
	}
	if (count)
		add_list(p, PL_NODE_ADDRESSES, list, count, from ? from : s->source, !pl_probe_settled(p));
	else
		pl_probe_unknown(p, PL_NODE_ADDRESSES, s);
}

/* ---- what runs ---- */

static void add_setting(struct pl_probe *p, const char *key, const char *value, const char *from)
{
	for (size_t i = 0; i < p->setting_count; i++)
		if (pl_streq(p->settings[i].key, key)) {
			/* `disable` and its like come one by one; of two that differ both are shown */
			if (!pl_streq(p->settings[i].value, value))
				p->settings[i].value = pl_model_strf(p->m, "%s,%s", p->settings[i].value, value);
			return;
		}
	if (p->setting_count == PL_LIMIT_PROBE_SETTINGS)
		return;
	p->settings[p->setting_count] = (struct pl_pair){ key, value };
	p->setting_from[p->setting_count++] = from;
}

static void read_settings(struct pl_probe *p)
{
	const struct pl_probe_section *s;

	p->settings = pl_arena_alloc(&p->m->arena, PL_LIMIT_PROBE_SETTINGS * sizeof *p->settings);
	p->setting_from = pl_arena_alloc(&p->m->arena, PL_LIMIT_PROBE_SETTINGS * sizeof *p->setting_from);
	for (size_t i = 0; (s = pl_probe_section(p->answer, "kubelet", i)); i++)
		for (size_t k = 0; s->status == PL_PROBE_OK && k < s->count; k++) {
			const struct pl_slice line = s->lines[k];
			const char *equals = memchr(line.p, '=', line.n);
			size_t n = equals ? (size_t)(equals - line.p) : 0;
			const char *key = pl_probe_text(p, (struct pl_slice){ line.p, n });
			const char *value = equals ? pl_probe_text(p, (struct pl_slice){ equals + 1, line.n - n - 1 })
						   : NULL;

			if (key && value)
				add_setting(p, key, value, pl_model_str(p->m, s->source));
		}
}

bool pl_probe_settled(const struct pl_probe *p)
{
	return pl_probe_section(p->answer, "time", 0) != NULL; /* which comes behind them */
}

const char *pl_probe_setting(const struct pl_probe *p, const char *name, const char **from)
{
	for (size_t i = 0; i < p->setting_count; i++)
		if (pl_streq(p->settings[i].key, name)) {
			if (from)
				*from = p->setting_from[i];
			return p->settings[i].value;
		}
	return NULL;
}

static void add_settings(struct pl_probe *p)
{
	const struct pl_probe_section *s, *processes = pl_probe_section(p->answer, "process", 0);
	struct pl_value v = { .type = PL_MAP, .map = p->settings, .count = p->setting_count };
	const char *why = NULL, *from = NULL;
	struct pl_fact *f;

	for (size_t i = 0; (s = pl_probe_section(p->answer, "kubelet", i)); i++) {
		from = from ? from : s->source;
		if (s->status != PL_PROBE_OK && !why)
			why = pl_probe_why(p, s);
	}
	if (!processes || processes->status != PL_PROBE_OK)
		why = why ? why : pl_probe_why(p, processes);
	if (!pl_probe_settled(p))
		why = pl_probe_why(p, NULL);
	/* a list of which a part came would be wrong */
	if ((!from && why) || !pl_probe_settled(p)) {
		pl_fact_unknown(p->m, p->o, PL_NODE_KUBELET, why, NULL);
		return;
	}
	v.open = why != NULL;
	f = pl_fact_add(p->m, p->o, PL_NODE_KUBELET, &v, from ? from : "/proc");
	f->waits_for = why;
	if (!from)
		f->note = "no kubelet runs there";
}

static void read_time(struct pl_probe *p)
{
	static const struct {
		const char *process, *name;
	} keepers[] = {
		{ "chronyd", "chrony" }, { "ntpd", "ntpd" }, { "openntpd", "ntpd" },
		{ "systemd-timesyn", "systemd-timesyncd" },
	};
	const struct pl_probe_section *s = pl_probe_section(p->answer, "process", 0);
	const char *name = pl_probe_says(p->answer, "time", "synchronized") ? "systemd-timesyncd" : NULL;

	for (size_t i = 0; !name && i < sizeof keepers / sizeof *keepers; i++)
		if (pl_probe_says(p->answer, "process", keepers[i].process))
			name = keepers[i].name;
	if (name)
		pl_fact_text(p->m, p->o, PL_NODE_TIME_SYNC, name, "/proc");
	else if (s && s->status == PL_PROBE_OK)
		pl_fact_text(p->m, p->o, PL_NODE_TIME_SYNC, "none", "/proc")->note =
			"neither timesyncd nor chrony nor ntpd runs";
	else
		pl_probe_unknown(p, PL_NODE_TIME_SYNC, s);
}

static const char *overlays_note(struct pl_probe *p)
{
	const struct pl_probe_section *s = pl_probe_section(p->answer, "overlay", 0);
	pl_auto_buf b = PL_BUF_INIT;

	for (size_t i = 0; s && i < s->count && i < 8; i++) {
		const char *name = pl_probe_text(p, s->lines[i]);

		if (name)
			pl_buf_addf(&b, "%s%s", b.len ? ", " : "interfaces: ", name);
	}
	return b.len ? pl_model_str(p->m, b.data) : NULL;
}

static void read_cni(struct pl_probe *p)
{
	const struct pl_probe_section *s = pl_probe_section(p->answer, "cni", 0);
	const char *file = s ? s->source : NULL, **types;
	size_t n = 0;

	if (!s || s->status != PL_PROBE_OK) {
		pl_probe_unknown(p, PL_NODE_CNI, s);
		return;
	}
	types = pl_arena_alloc(&p->m->arena, (s->count + 1) * sizeof *types);
	for (size_t i = 0; i < s->count; i++) {
		struct pl_slice rest = s->lines[i], word = pl_probe_word(&rest);
		const char *text = pl_probe_text(p, rest);

		if (text && pl_slice_is(word, "file"))
			file = text;
		else if (text && pl_slice_is(word, "type"))
			types[n++] = text;
	}
	add_list(p, PL_NODE_CNI, types, n, file, false)->note = overlays_note(p);
}

/* The text, if it is a name that a host or a node can have. */
static const char *node_name(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

	return text && *text && strlen(text) <= 253 && !text[strspn(text, allowed)] ? text : NULL;
}

static const char *read_name(struct pl_probe *p, const char **from)
{
	const struct pl_probe_section *s = pl_probe_section(p->answer, "host", 0);
	const char *told = pl_probe_setting(p, "hostname-override", from);

	told = told ? told : pl_probe_setting(p, "node-name", from);
	if (node_name(told))
		return told;
	if (!pl_probe_settled(p))
		return NULL; /* it may have another name than its host */
	*from = s ? s->source : NULL;
	return s && s->status == PL_PROBE_OK && s->count ? node_name(pl_probe_text(p, s->lines[0])) : NULL;
}

/* ---- all of it ---- */

static const struct {
	const char *section;
	void (*read)(struct pl_probe *p, const struct pl_probe_section *s);
	enum pl_attr attrs[2]; /* unknown where reading gave none; the second may repeat the first */
} readers[] = {
	{ "os", read_os, { PL_NODE_OS, PL_NODE_OS_VERSION } },
	{ "kernel", read_kernel, { PL_NODE_KERNEL, PL_NODE_KERNEL } },
	{ "machine", read_machine, { PL_NODE_ARCHITECTURE, PL_NODE_ARCHITECTURE } },
	{ "cpu", read_cpu, { PL_NODE_VCPU, PL_NODE_VCPU } },
	{ "memory", read_memory, { PL_NODE_MEMORY, PL_NODE_SWAP } },
	{ "cgroup", read_cgroup, { PL_NODE_CGROUP, PL_NODE_CGROUP } },
	{ "port", read_ports, { PL_NODE_PORTS, PL_NODE_PORTS } },
	{ "disk", read_disk, { PL_NODE_DISK, PL_NODE_DISK } },
};

static void read_sections(struct pl_probe *p)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		const struct pl_probe_section *s = pl_probe_section(p->answer, readers[i].section, 0);

		if (s && s->status == PL_PROBE_OK)
			readers[i].read(p, s);
		for (size_t k = 0; k < 2; k++)
			if (!pl_object_fact(p->o, readers[i].attrs[k], PL_NODE_SSH))
				pl_probe_unknown(p, readers[i].attrs[k], s);
	}
}

static void read_identity(struct pl_probe *p, const char *name, const char *name_from)
{
	const char *from = NULL, *id = pl_probe_setting(p, "provider-id", &from);

	if (name)
		pl_fact_text(p->m, p->o, PL_NODE_HOSTNAME, name, name_from);
	else
		pl_probe_unknown(p, PL_NODE_HOSTNAME,
				 pl_probe_settled(p) ? pl_probe_section(p->answer, "host", 0) : NULL);
	if (id)
		pl_fact_text(p->m, p->o, PL_NODE_PROVIDER_ID, id, from);
	read_addresses(p, pl_probe_section(p->answer, "address", 0));
}

static void read_node(struct pl_probe *p, int source, const char *host)
{
	const char *name, *from = NULL;

	read_settings(p);
	name = read_name(p, &from);
	p->o = pl_model_object(p->m, PL_NODE, name ? name : host, source, host);
	/* ports of one address may lead to several machines: the name tells them apart, and joins snapshots */
	if (name)
		p->o->identity = pl_model_strf(p->m, "ssh %s %s", host, name);
	read_identity(p, name, from);
	read_sections(p);
	add_settings(p);
	read_time(p);
	read_cni(p);
	pl_probe_maps(p);
	pl_probe_runtime(p);
}

int pl_probe_read(struct pl_model *m, int source, const char *host, const char *nonce,
		  struct pl_slice answer, struct pl_object **node, struct pl_err *err)
{
	struct pl_probe_answer a = { 0 };
	struct pl_probe p = { .m = m, .answer = &a };

	if (pl_probe_answer_read(&a, nonce, answer, err)) {
		pl_probe_answer_release(&a);
		return -1;
	}
	read_node(&p, source, host);
	if (!a.whole)
		pl_model_problem(m, m->sources[source].name, host, "truncated",
				 "its answer was cut off: what stands behind that is unknown");
	if (node)
		*node = p.o;
	pl_probe_answer_release(&a);
	return 0;
}

void pl_probe_lost(struct pl_model *m, int source, const char *host, const char *why)
{
	struct pl_object *o = pl_model_object(m, PL_NODE, host, source, host);

	/* labels are the cluster's to tell, and how it is joined is by its name then */
	for (int attr = PL_NODE_KERNEL; attr < PL_ATTR_COUNT; attr++)
		if (pl_attrs[attr].kind == PL_NODE)
			pl_fact_unknown(m, o, (enum pl_attr)attr, why, NULL);
}
