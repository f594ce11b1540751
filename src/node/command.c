/* SPDX-License-Identifier: Apache-2.0 */
/* What one simple command of a boot script says about its node. */
#include <string.h>

#include "node/internal.h"

/* A command without what stands before it: sudo -E env A=b nohup ... */
struct plain {
	struct pl_boot *r;
	const struct pl_sh_command *c, *before;
	const char *name;          /* without its folder */
	const char *path;          /* as written */
	const char *const *args;
	size_t count;
	struct pl_map env;         /* assignments of this command, by name */
};

static void env_set(struct plain *p, const char *name, size_t n, const char *value)
{
	*pl_map_put(&p->env, name, n) = pl_arena_strdup(&p->r->arena, value);
}

static const char *env_get(const struct plain *p, const char *name)
{
	const char *value = pl_map_get(&p->env, name, strlen(name));

	return value ? value : pl_map_get(&p->r->variables, name, strlen(name));
}

/* An installer's variable that stands before the command or was exported, whole or NULL. */
static const char *env_known(const struct plain *p, const char *name)
{
	return pl_boot_known(p->r, env_get(p, name));
}

static bool strip(struct plain *p)
{
	size_t program = pl_sh_program(p->c);

	for (size_t k = 0; k < p->c->env_count; k++)
		env_set(p, p->c->env[k].key, strlen(p->c->env[k].key), p->c->env[k].value);
	for (size_t i = 0; i < program; i++) {
		size_t n = pl_sh_assignment(p->c->words[i]);

		if (n)
			env_set(p, p->c->words[i], n, p->c->words[i] + n + 1);
	}
	if (program == p->c->count)
		return false;
	p->path = p->c->words[program];
	p->name = pl_sh_base_name(p->path);
	p->args = p->c->words + program + 1;
	p->count = p->c->count - program - 1;
	return true;
}

/* The value of --name or --name=value among the arguments, or NULL. */
static const char *option(const struct plain *p, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < p->count; i++) {
		if (strncmp(p->args[i], name, n))
			continue;
		if (p->args[i][n] == '=')
			return p->args[i] + n + 1;
		if (!p->args[i][n] && i + 1 < p->count)
			return p->args[i + 1];
	}
	return NULL;
}

static bool any_argument(const struct plain *p, const char *word)
{
	for (size_t i = 0; i < p->count; i++)
		if (strstr(p->args[i], word))
			return true;
	return false;
}

/* ---- EKS ---- */

void pl_boot_assigned(struct pl_boot *r, const char *name, const char *value)
{
	if (!strcmp(name, "KUBELET_EXTRA_ARGS"))
		pl_boot_kubelet_args(r, value);
	else if (!strcmp(name, "CONTAINER_RUNTIME")) {
		r->b->docker = !strcmp(value, "dockerd");
		r->b->containerd = !strcmp(value, "containerd");
	}
}

/* /etc/eks/bootstrap.sh NAME --option value ... */
static void eks_bootstrap(const struct plain *p)
{
	struct pl_bootstrap *b = p->r->b;
	const char *flags = option(p, "--kubelet-extra-args"), *runtime = option(p, "--container-runtime");
	const char *inherited = pl_map_get(&p->env, "KUBELET_EXTRA_ARGS", 18);
	bool named = false;

	b->kubelet_args = true;
	for (size_t i = 0; i < p->count; i++) {
		if (p->args[i][0] == '-') {
			i += !strchr(p->args[i], '='); /* every option of it takes a word */
			continue;
		}
		if (!named)
			b->cluster_name = pl_boot_known(p->r, p->args[i]);
		else
			b->labels_open |= pl_boot_is_open(p->args[i]); /* options we cannot see */
		named = true;
	}
	if (inherited)
		pl_boot_kubelet_args(p->r, inherited);
	if (flags)
		pl_boot_kubelet_args(p->r, flags);
	if (runtime)
		pl_boot_assigned(p->r, "CONTAINER_RUNTIME", runtime);
}

/* ---- k3s ---- */

static void set_role(const struct plain *p, const char *word, bool joins)
{
	if (word && !strcmp(word, "agent"))
		p->r->b->k3s = PL_K3S_AGENT;
	else if (word && !strcmp(word, "server"))
		p->r->b->k3s = PL_K3S_SERVER;
	else
		p->r->b->k3s = joins ? PL_K3S_AGENT : PL_K3S_SERVER;
}

/* The installer with the words given to it; the same in INSTALL_K3S_EXEC count too. */
static void k3s_installer(const struct plain *p, const char *const *words, size_t count)
{
	const char *exec = env_get(p, "INSTALL_K3S_EXEC"), *url = env_get(p, "K3S_URL");
	const char *version = env_known(p, "INSTALL_K3S_VERSION"), *known = pl_boot_address(p->r, url);
	const char **more = NULL, *first = NULL;
	size_t n = exec ? pl_sh_split(p->r, exec, &more) : 0;

	if (n && more[0][0] != '-')
		first = more[0];
	if (count && words[0][0] != '-' && !first)
		first = words[0];
	if (version)
		p->r->b->k3s_version = version;
	if (known)
		p->r->b->k3s_url = known;
	set_role(p, first, url && *url);
	pl_boot_k3s_args(p->r, more, n);
	pl_boot_k3s_args(p->r, words, count);
}

static bool fetches_k3s(const struct pl_sh_command *c)
{
	for (size_t i = 0; c && i < c->count; i++)
		if (strstr(c->words[i], "get.k3s.io") || strstr(c->words[i], "k3s-io/k3s/") ||
		    strstr(c->words[i], "rancher-mirror.rancher.cn/k3s"))
			return true;
	return false;
}

/* The file a download goes to: "" when its name is not known, NULL when it is piped on. */
static const char *saved_as(const struct plain *p)
{
	bool wget = !strcmp(p->name, "wget");
	const char *path = p->c->target ? p->c->target : wget ? "" : NULL;

	for (size_t i = 0; i < p->count; i++) {
		const char *word = p->args[i], *next = i + 1 < p->count ? p->args[i + 1] : "";

		if (!strcmp(word, "--output") || (word[0] == '-' && word[1] != '-' && pl_ends(word, wget ? "O" : "o")))
			path = next;
		else if (word[0] == '-' && pl_ends(word, "O-"))
			path = "-";
		else if (word[0] == '-' && word[1] != '-' && pl_ends(word, "O"))
			path = "";
	}
	if (!path || !strcmp(path, "-"))
		return NULL;
	return pl_boot_is_open(path) ? "" : pl_arena_strdup(&p->r->arena, pl_sh_base_name(path));
}

/* k3sup install|join --k3s-extra-args '...' --k3s-version V */
static void k3sup(const struct plain *p)
{
	const char *flags = option(p, "--k3s-extra-args"), *version = option(p, "--k3s-version");
	const char **words;

	if (!p->count || (strcmp(p->args[0], "install") && strcmp(p->args[0], "join")))
		return;
	set_role(p, NULL, !strcmp(p->args[0], "join") && !any_argument(p, "--server="));
	if (version)
		p->r->b->k3s_version = pl_boot_known(p->r, version);
	if (flags)
		pl_boot_k3s_args(p->r, words, pl_sh_split(p->r, flags, &words));
}

/* ---- shells ---- */

/* Is this script k3s's installer?  `path` is as the command has it. */
static bool is_installer(const struct plain *p, const char *path)
{
	const char *saved = p->r->installer, *name = pl_sh_base_name(path);

	if (saved && (!*saved || !strcmp(saved, name)))
		return true;
	if (pl_contains(name, "uninstall") || pl_contains(name, "killall"))
		return false;
	if (pl_map_get(&p->env, "INSTALL_K3S_EXEC", 16) || pl_map_get(&p->env, "K3S_URL", 7))
		return true;
	return env_get(p, "INSTALL_K3S_EXEC") && (pl_contains(name, "k3s") || pl_contains(name, "install"));
}

/* One the text wrote, EKS's bootstrap.sh, or k3s's installer. */
static void runs_script(const struct plain *p, const char *path, const char *const *args, size_t count)
{
	struct plain inner = *p;

	inner.path = path;
	inner.name = pl_sh_base_name(path);
	inner.args = args;
	inner.count = count;
	if (pl_boot_file_run(p->r, path))
		return;
	if (!strcmp(inner.name, "bootstrap.sh"))
		eks_bootstrap(&inner);
	else if (is_installer(p, path))
		k3s_installer(p, args, count);
}

/* sh -c TEXT, sh FILE ARGS, sh -s - ARGS with the script on standard input. */
static void shell(const struct plain *p)
{
	size_t i = 0;

	for (; i < p->count && (p->args[i][0] == '-' || p->args[i][0] == '+'); i++) {
		const char *word = p->args[i];

		if (strchr(word, 'c') && word[1] != '-' && i + 1 < p->count) {
			pl_boot_text(p->r, p->args[i + 1], strlen(p->args[i + 1]));
			return;
		}
		if (!strcmp(word, "-") || !strcmp(word, "--")) {
			i++;
			break;
		}
		i += word[1] != '-' && pl_ends(word, "o"); /* -euo pipefail */
	}
	if (i > p->count)
		i = p->count;
	if (fetches_k3s(p->before) || fetches_k3s(p->c))
		k3s_installer(p, p->args + i, p->count - i);
	else if (p->c->input)
		pl_boot_text(p->r, p->c->input, strlen(p->c->input));
	else if (i < p->count)
		runs_script(p, p->args[i], p->args + i + 1, p->count - i - 1);
}

/* ssh HOST 'COMMANDS', eval 'COMMANDS', su - USER -c 'COMMANDS' */
static void last_word(const struct plain *p)
{
	const char *word = p->count ? p->args[p->count - 1] : NULL;

	if (word && strpbrk(word, " \n"))
		pl_boot_text(p->r, word, strlen(word));
	else if (p->c->input)
		pl_boot_text(p->r, p->c->input, strlen(p->c->input));
}

/* ---- what is installed into the cluster ---- */

/* A manifest the text itself holds: on standard input, or in a file it wrote. */
static void manifest_texts(const struct plain *p)
{
	pl_auto_buf b = PL_BUF_INIT;

	if (pl_boot_command_input(p->r, p->c, p->before, &b))
		pl_boot_manifest(p->r, b.data);
	for (size_t i = 0; i < p->count; i++) {
		const struct pl_boot_file *f = pl_boot_file(p->r, p->args[i]);

		if (f && pl_boot_spend(p->r, f->content.len))
			pl_boot_manifest(p->r, pl_arena_strdup(&p->r->arena, f->content.data));
	}
}

/* kubectl apply -f FILE, and the like of k3s and others */
static void applies(const struct plain *p)
{
	static const char *const verbs[] = { "apply", "create", "replace", NULL };
	bool does = false;

	for (size_t i = 0; i < p->count; i++)
		does = does || pl_sh_is_any(p->args[i], verbs);
	for (size_t i = 0; does && i < p->count; i++)
		if (p->args[i][0] != '-' && strpbrk(p->args[i], "/."))
			pl_boot_evidence(p->r, p->args[i], NULL);
	if (does)
		manifest_texts(p);
}

/* helm install NAME CHART, in which most options take a word */
static void helm(const struct plain *p)
{
	static const char *const verbs[] = { "install", "upgrade", "template", NULL };
	static const char *const alone[] = { "--install", "-i", "--wait", "--atomic", "--create-namespace", "--devel",
					     "--force", "--debug", "--generate-name", "-g", "--skip-crds",
					     "--reuse-values", "--reset-values", "--dependency-update", NULL };
	const char *version = option(p, "--version");
	bool does = false;

	for (size_t i = 0; i < p->count; i++) {
		const char *word = p->args[i];

		if (word[0] == '-')
			i += !strchr(word, '=') && !pl_sh_is_any(word, alone);
		else if (does)
			pl_boot_evidence(p->r, word, version);
		does = does || pl_sh_is_any(word, verbs);
	}
}

/* curl, wget: a manifest is fetched to be applied, or k3s's installer to be run. */
static void fetches(const struct plain *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->args[i][0] != '-' && (strstr(p->args[i], ".yaml") || strstr(p->args[i], ".yml") ||
					     strstr(p->args[i], ".tgz")))
			pl_boot_evidence(p->r, p->args[i], NULL);
	if (fetches_k3s(p->c) && saved_as(p))
		p->r->installer = saved_as(p);
}

static void runs_image(const struct plain *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (strstr(p->args[i], "kube-vip"))
			pl_boot_evidence(p->r, "kube-vip", NULL);
}

/* ---- which is which ---- */

static void k3s_program(const struct plain *p)
{
	struct plain inner = *p;

	if (p->count && (!strcmp(p->args[0], "server") || !strcmp(p->args[0], "agent"))) {
		k3s_installer(p, p->args, p->count);
	} else if (p->count && !strcmp(p->args[0], "kubectl")) {
		inner.args++;
		inner.count--;
		applies(&inner);
	}
}

static void kubelet(const struct plain *p)
{
	pl_boot_kubelet_words(p->r, p->args, p->count);
}

/* systemctl enable --now k3s-agent, where k3s is part of the image */
static void service(const struct plain *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (pl_starts(p->args[i], "k3s-agent"))
			p->r->b->k3s = PL_K3S_AGENT;
		else if (!p->r->b->k3s && (!strcmp(p->args[i], "k3s") || !strcmp(p->args[i], "k3s.service")))
			p->r->b->k3s = PL_K3S_SERVER;
	}
}

static const struct {
	const char *name;
	void (*says)(const struct plain *p);
} programs[] = {
	{ "k3s", k3s_program }, { "k3sup", k3sup },
	{ "sh", shell },       { "bash", shell },      { "dash", shell },     { "ash", shell },
	{ "source", shell },   { ".", shell },         { "ssh", last_word },  { "eval", last_word },
	{ "su", last_word },   { "kubectl", applies }, { "helm", helm },       { "systemctl", service },
	{ "curl", fetches },   { "wget", fetches },    { "kubelet", kubelet },
	{ "ctr", runs_image }, { "docker", runs_image }, { "nerdctl", runs_image },
};

static void says(const struct plain *p)
{
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (!strcmp(p->name, programs[i].name)) {
			programs[i].says(p);
			return;
		}
	if (strchr(p->path, '/'))
		runs_script(p, p->path, p->args, p->count);
}

void pl_boot_command(struct pl_boot *r, const struct pl_sh_command *c,
		     const struct pl_sh_command *before)
{
	struct plain p = { .r = r, .c = c, .before = before, .env = PL_MAP_INIT };

	pl_boot_command_writes(r, c, before);
	if (strip(&p))
		says(&p);
	pl_map_release(&p.env);
}
