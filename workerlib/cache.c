#include "workerlib/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workerlib/core/canon.h"
#include "workerlib/core/pick.h"
#include "workerlib/core/sha256.h"
#include "workerlib/fail.h"
#include "workerlib/report.h"
#include "workerlib/snapshot.h"

enum { DIGEST = 64, HEAD = DIGEST + 1, SIZE_LIMIT = 64 << 20, CLOCKS_DIFFER_S = 300, REFRESH_MAX_MS = 60000 };

struct cache {
	const char *environment;
	char *directory, *path, *next; /* next: what is being written */
	int64_t max_age_s;
};

static char *path_of(const char *directory, const char *environment, const char *worker_id, const char *end)
{
	size_t n = strlen(directory) + strlen(environment) + strlen(worker_id) + strlen(end) + 3;
	char *path = malloc(n);

	if (path)
		snprintf(path, n, "%s/%s.%s%s", directory, environment, worker_id, end);
	return path;
}

struct cache *cache_new(const char *directory, const char *environment, const char *worker_id,
			int64_t max_age_s)
{
	struct cache *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->environment = environment;
	c->max_age_s = max_age_s;
	c->directory = strdup(directory);
	c->path = path_of(directory, environment, worker_id, ".cvn");
	c->next = path_of(directory, environment, worker_id, ".cvn.new");
	if (c->directory && c->path && c->next)
		return c;
	cache_free(c);
	return NULL;
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	free(c->directory);
	free(c->path);
	free(c->next);
	free(c);
}

int64_t cache_refresh_ms(const struct cache *c)
{
	int64_t quarter = c->max_age_s * 250;

	return quarter < REFRESH_MAX_MS ? quarter : REFRESH_MAX_MS;
}

/* ---- the text ---- */

static void put_bool(struct canon *c, const char *name, bool truth)
{
	canon_key(c, name);
	canon_bool(c, truth);
}

static void put_integer(struct canon *c, const char *name, int64_t i)
{
	canon_key(c, name);
	canon_integer(c, i);
}

/* Members by name, as canonical text has them. */
static void put_param(struct canon *c, const struct param *p, const char *value)
{
	canon_object(c);
	canon_member(c, "allowed_values", p->allowed_values);
	canon_member(c, "category", category_name(p->category));
	put_bool(c, "critical", p->critical);
	canon_member(c, "default_value", p->default_value);
	put_bool(c, "deprecated", p->deprecated);
	put_bool(c, "excluded_from_ftf", p->excluded_from_ftf);
	put_bool(c, "hot_reloadable", p->hot_reloadable);
	canon_member(c, "max_value", p->max_value);
	canon_member(c, "min_value", p->min_value);
	canon_member(c, "name", p->name);
	put_bool(c, "required", p->required);
	canon_member(c, "type", value_type_name(p->type));
	canon_member(c, "value", value);
	canon_end(c, '}');
}

static void put_rule(struct canon *c, const struct rule *r)
{
	canon_object(c);
	canon_member(c, "expression", r->expression);
	canon_member(c, "message", r->message);
	canon_member(c, "name", r->name);
	canon_end(c, '}');
}

static void put_snapshot(struct canon *c, const struct cache *cache, const struct snapshot *s, int64_t now_s)
{
	canon_object(c);
	put_integer(c, "catalog_version", s->catalog_version);
	canon_member(c, "environment", cache->environment);
	canon_key(c, "parameters");
	canon_array(c);
	for (size_t i = 0; i < s->n; i++)
		put_param(c, &s->params[i], s->values[i]);
	canon_end(c, ']');
	canon_key(c, "rules");
	canon_array(c);
	for (size_t i = 0; i < s->n_rules; i++)
		put_rule(c, &s->rules[i]);
	canon_end(c, ']');
	put_integer(c, "version", s->version);
	put_integer(c, "written_at", now_s);
	canon_end(c, '}');
}

/* The whole file. */
static int compose(struct report_text *file, const struct cache *cache, const struct snapshot *s,
		   int64_t now_s, cvn_error *e)
{
	static const char blank[HEAD + 1] = {0};
	char digest[DIGEST + 1];
	struct canon c;

	report_put(file, blank, HEAD);
	canon_start(&c, report_put, file);
	put_snapshot(&c, cache, s, now_s);
	if (file->failed)
		return fail_memory(e);
	if (!canon_done(&c))
		return fail(e, CVN_E_INVALID, "cache: the configuration has no canonical text", NULL);
	sha256_text(file->bytes + HEAD, file->n - HEAD, digest);
	memcpy(file->bytes, digest, DIGEST);
	file->bytes[DIGEST] = '\n';
	return CVN_OK;
}

/* ---- writing ---- */

static int system_failed(const char *what, const char *path, cvn_error *e)
{
	char number[24];

	/* Not strerror(), which is the locale's and not every thread's. */
	snprintf(number, sizeof(number), "%d", errno);
	return fail(e, CVN_E_SYSTEM, "cache: ", path, ": ", what, " failed with errno ", number, NULL);
}

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t written = write(fd, bytes, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		n -= (size_t)written;
	}
	return true;
}

/* The rename is on disk when the directory is. */
static bool sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

static int write_file(const struct cache *c, const struct report_text *file, cvn_error *e)
{
	int fd, code = CVN_OK;

	(void)unlink(c->next); /* left by a process that died here */
	fd = open(c->next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return system_failed("creating it", c->next, e);
	if (!write_all(fd, file->bytes, file->n) || fsync(fd) != 0)
		code = system_failed("writing it", c->next, e);
	if (close(fd) != 0 && code == CVN_OK)
		code = system_failed("closing it", c->next, e);
	if (code == CVN_OK && rename(c->next, c->path) != 0)
		code = system_failed("putting it in place", c->path, e);
	if (code == CVN_OK && !sync_directory(c->directory))
		code = system_failed("syncing the directory of it", c->path, e);
	if (code != CVN_OK)
		(void)unlink(c->next);
	return code;
}

int cache_write(const struct cache *c, const struct snapshot *s, int64_t now_s, cvn_error *e)
{
	struct report_text file = {0};
	int code = compose(&file, c, s, now_s, e);

	if (code == CVN_OK)
		code = write_file(c, &file, e);
	free(file.bytes);
	return code;
}

/* ---- reading ---- */

struct file {
	char *bytes;
	size_t n;
};

static int refuse(const struct cache *c, const char *why, cvn_error *e)
{
	return fail(e, CVN_E_INVALID, "cache: ", c->path, ": ", why, NULL);
}

/* The digest says that the file is whole, not who wrote it: that is for its owner and mode to say. */
static int check_file(const struct cache *c, int fd, size_t *n, cvn_error *e)
{
	struct stat s;

	if (fstat(fd, &s) != 0)
		return system_failed("asking about it", c->path, e);
	if (!S_ISREG(s.st_mode))
		return refuse(c, "is not a file", e);
	if (s.st_uid != geteuid() || (s.st_mode & (S_IWGRP | S_IWOTH)))
		return refuse(c,
			      "others may have written it: it must belong to this user, with mode 0600", e);
	if (s.st_size <= HEAD || s.st_size > SIZE_LIMIT)
		return refuse(c, "is damaged: its size cannot be", e);
	*n = (size_t)s.st_size;
	return CVN_OK;
}

static bool read_all(int fd, char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, bytes, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		n -= (size_t)got;
	}
	return true;
}

static int read_file(const struct cache *c, struct file *f, cvn_error *e)
{
	int fd = open(c->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), code;

	if (fd < 0 && errno == ENOENT)
		return refuse(c, "is not there", e);
	if (fd < 0)
		return system_failed("opening it", c->path, e);
	code = check_file(c, fd, &f->n, e);
	if (code == CVN_OK) {
		f->bytes = malloc(f->n + 1);
		code = f->bytes ? CVN_OK : fail_memory(e);
	}
	if (code == CVN_OK && !read_all(fd, f->bytes, f->n))
		code = system_failed("reading it", c->path, e);
	close(fd);
	return code;
}

static int check_digest(const struct cache *c, const struct file *f, cvn_error *e)
{
	char digest[DIGEST + 1];

	sha256_text(f->bytes + HEAD, f->n - HEAD, digest);
	if (memcmp(f->bytes, digest, DIGEST) == 0 && f->bytes[DIGEST] == '\n')
		return CVN_OK;
	return refuse(c, "is damaged: its digest does not hold", e);
}

#define ROW(structure, member, kind_, nullable_)                                                             \
	{                                                                                                    \
		.name = #member, .kind = kind_, .nullable = nullable_, .offset = offsetof(structure, member) \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct page {
	const char *environment;
	int64_t catalog_version, version, written_at;
	struct pick parameters, rules;
};

static int read_page(const struct cache *c, struct file *f, struct page *page, cvn_error *e)
{
	static const struct pick_row rows[] = {
		ROW(struct page, catalog_version, PICK_INTEGER, false),
		ROW(struct page, environment, PICK_TEXT, false),
		ROW(struct page, parameters, PICK_VALUE, false),
		ROW(struct page, rules, PICK_VALUE, false),
		ROW(struct page, version, PICK_INTEGER, false),
		ROW(struct page, written_at, PICK_INTEGER, false),
	};
	struct pick p;

	if (pick_open(&p, f->bytes + HEAD, f->n - HEAD, NULL) != CODE_OK ||
	    pick_object(&p, rows, COUNT(rows), page) != NULL)
		return refuse(c, "is not a cache of this version of the library", e);
	return CVN_OK;
}

/* Of this environment, and of an age at which it may be used. */
static int check_page(const struct cache *c, const struct page *page, int64_t now_s, int64_t *age_s,
		      cvn_error *e)
{
	char age[24], limit[24];

	*age_s = now_s - page->written_at;
	snprintf(age, sizeof(age), "%" PRId64, *age_s);
	snprintf(limit, sizeof(limit), "%" PRId64, c->max_age_s);
	if (strcmp(page->environment, c->environment) != 0)
		return fail(e, CVN_E_INVALID, "cache: ", c->path, ": is of environment ", page->environment,
			    ", not of ", c->environment, NULL);
	if (*age_s > c->max_age_s)
		return fail(e, CVN_E_INVALID, "cache: ", c->path, ": is too old: ", age,
			    " s, and cache_max_age_s is ", limit, NULL);
	if (*age_s < -CLOCKS_DIFFER_S)
		return refuse(c, "was written in the future: set the clock of this machine right", e);
	return CVN_OK;
}

static bool add_param(struct snapshot *s, struct pick *p)
{
	struct {
		const char *name, *type, *category;
		const char *allowed_values, *default_value, *min_value, *max_value, *value;
		bool required, deprecated, hot_reloadable, critical, excluded_from_ftf;
	} v;
	const struct pick_row rows[] = {
		ROW(__typeof__(v), name, PICK_TEXT, false),
		ROW(__typeof__(v), type, PICK_TEXT, false),
		ROW(__typeof__(v), category, PICK_TEXT, false),
		ROW(__typeof__(v), allowed_values, PICK_TEXT, true),
		ROW(__typeof__(v), default_value, PICK_TEXT, true),
		ROW(__typeof__(v), min_value, PICK_TEXT, true),
		ROW(__typeof__(v), max_value, PICK_TEXT, true),
		ROW(__typeof__(v), value, PICK_TEXT, true),
		ROW(__typeof__(v), required, PICK_BOOL, false),
		ROW(__typeof__(v), deprecated, PICK_BOOL, false),
		ROW(__typeof__(v), hot_reloadable, PICK_BOOL, false),
		ROW(__typeof__(v), critical, PICK_BOOL, false),
		ROW(__typeof__(v), excluded_from_ftf, PICK_BOOL, false),
	};
	struct param param;

	if (pick_object(p, rows, COUNT(rows), &v) != NULL) {
		snapshot_refuse(s, "cache", "a parameter is not complete");
		return true;
	}
	param = (struct param){
		.name = v.name,
		.allowed_values = v.allowed_values,
		.default_value = v.default_value,
		.min_value = v.min_value,
		.max_value = v.max_value,
		.required = v.required,
		.deprecated = v.deprecated,
		.hot_reloadable = v.hot_reloadable,
		.critical = v.critical,
		.excluded_from_ftf = v.excluded_from_ftf,
	};
	if (!value_type_from_name(v.type, &param.type) || !category_from_name(v.category, &param.category))
		snapshot_refuse(s, v.name, "unknown type or category");
	return snapshot_add_param(s, &param, v.value);
}

static bool add_rule(struct snapshot *s, struct pick *p)
{
	static const struct pick_row rows[] = {
		ROW(struct rule, name, PICK_TEXT, false),
		ROW(struct rule, expression, PICK_TEXT, false),
		ROW(struct rule, message, PICK_TEXT, false),
	};
	struct rule rule;

	if (pick_object(p, rows, COUNT(rows), &rule) == NULL)
		return snapshot_add_rule(s, &rule);
	snapshot_refuse(s, "cache", "a rule is not complete");
	return true;
}

static size_t count_items(struct pick list)
{
	size_t n = 0;

	for (bool ok = pick_enter(&list, '['); ok && pick_item(&list); n++)
		pick_skip(&list);
	return n;
}

static bool add_items(struct snapshot *s, struct pick *list, bool (*add)(struct snapshot *, struct pick *))
{
	bool ok = pick_enter(list, '[');

	while (ok && s->defect[0] == '\0' && pick_item(list))
		ok = add(s, list);
	return ok;
}

static struct snapshot *assemble(struct page *page, cvn_error *e)
{
	struct snapshot *s = snapshot_new(page->version, page->catalog_version, count_items(page->parameters),
					  count_items(page->rules));

	if (s && add_items(s, &page->parameters, add_param) && add_items(s, &page->rules, add_rule))
		return s;
	snapshot_unref(s);
	fail_memory(e);
	return NULL;
}

struct snapshot *cache_read(const struct cache *c, int64_t now_s, int64_t *age_s, cvn_error *e)
{
	struct file f = {0};
	struct page page;
	struct snapshot *s = NULL;
	int code = read_file(c, &f, e);

	if (code == CVN_OK)
		code = check_digest(c, &f, e);
	if (code == CVN_OK)
		code = read_page(c, &f, &page, e);
	if (code == CVN_OK)
		code = check_page(c, &page, now_s, age_s, e);
	if (code == CVN_OK)
		s = assemble(&page, e);
	free(f.bytes);
	return s;
}
