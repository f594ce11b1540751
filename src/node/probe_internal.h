/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of the probe, taken apart (probe_answer.c), and what is made of it (probe_*.c). */
#ifndef PL_NODE_PROBE_INTERNAL_H
#define PL_NODE_PROBE_INTERNAL_H

#include "node/probe.h"

enum pl_probe_status {
	PL_PROBE_CUT, /* the answer ended within the section, or before it */
	PL_PROBE_OK, PL_PROBE_ABSENT, PL_PROBE_DENIED, PL_PROBE_FAILED,
	PL_PROBE_MISSING, /* a tool, `what` */
};

struct pl_probe_section {
	struct pl_slice name;
	const char *source;           /* "/proc/meminfo": a file, or a command */
	enum pl_probe_status status;
	const char *what;             /* the tool that is missing; else "" */
	const struct pl_slice *lines; /* as they came, without the frame */
	size_t count;
};

struct pl_probe_answer {
	struct pl_arena arena;
	struct pl_probe_section *sections;
	size_t count;
	bool root;  /* it was asked as root */
	bool whole; /* its end is there */
};

/* PL_E_INPUT when there is no answer in the text.  The lines stay in `text`. */
int pl_probe_answer_read(struct pl_probe_answer *a, const char *nonce, struct pl_slice text,
			 struct pl_err *err) __attribute__((warn_unused_result));
void pl_probe_answer_release(struct pl_probe_answer *a);

/* The i-th section of that name; NULL when there are not so many. */
const struct pl_probe_section *pl_probe_section(const struct pl_probe_answer *a, const char *name,
						size_t i);

/* One node, while it is read. */
struct pl_probe {
	struct pl_model *m;
	struct pl_object *o;
	const struct pl_probe_answer *answer;
	struct pl_pair *settings; /* of its kubelet or k3s, in the order told; a key once */
	size_t setting_count, setting_cap;
	const char **setting_from; /* the file of each */
};

/* A copy of a text that is printable ASCII and of a sane length; NULL otherwise. */
const char *pl_probe_text(struct pl_probe *p, struct pl_slice s);
/* The text behind `word` and a blank, when the line begins so; .p NULL otherwise. */
struct pl_slice pl_probe_after(struct pl_slice line, const char *word);
/* Takes the word up to the next blank off the front of *s. */
struct pl_slice pl_probe_word(struct pl_slice *s);
/* A decimal number of at most 18 digits, the whole text; false for anything else. */
bool pl_probe_number(struct pl_slice s, int64_t *out);
/* Why a section (NULL: it never came) tells nothing. */
const char *pl_probe_why(struct pl_probe *p, const struct pl_probe_section *s);
/* An unknown fact, for the reason that the section gives. */
void pl_probe_unknown(struct pl_probe *p, enum pl_attr attr, const struct pl_probe_section *s);
/* Have all settings of kubelet and k3s arrived? */
bool pl_probe_settled(const struct pl_probe *p);
/* The value of a setting of kubelet or k3s, or NULL. */
const char *pl_probe_setting(const struct pl_probe *p, const char *name, const char **from);
/* Does the section, come as a whole, hold a line that begins with these words? */
bool pl_probe_says(const struct pl_probe_answer *a, const char *section, const char *words);

/* probe_maps.c: paths, sysctls, modules, free disk. */
void pl_probe_maps(struct pl_probe *p);
/* probe_runtime.c: which container runtime the kubelet uses, and its version. */
void pl_probe_runtime(struct pl_probe *p);

#endif
