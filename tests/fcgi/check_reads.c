/*
 * Goal: an answer that was kept is, byte for byte, the one that would be read now: after any write by
 * anybody, in every responder, and after a backup was restored. And who asks is asked each time. On a
 * database with schema and demo (CVN_TEST_DATABASE, its owner's connection string).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/db/db.h"
#include "fcgi/db/db_rows.h"
#include "fcgi/ops/ops_config.h"
#include "fcgi/ops/ops_documents.h"
#include "fcgi/ops/ops_json.h"
#include "fcgi/ops/ops_tries.h"
#include "fcgi/ops/ops_who.h"
#include "fcgi/proc/text.h"
#include "tests/fcgi/check_main.h"
#include "workerlib/core/sha256.h"

/* 1. What is kept, without a database. */

START_TEST(a_document_is_found_by_its_environment_and_key_alone)
{
	static const struct {
		const char *environment, *key;
		bool there;
	} cases[] = {{"dev", "1 a", true}, {"dev", "1 b", false}, {"dev", "2 a", false},
		     {"live", "1 a", false}, {"dev", "", false}};
	struct ops_documents *documents = ops_documents_new();

	ops_documents_keep(documents, "dev", "1 a", "{\"a\":1}", 7);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text text = {.bytes = NULL};
		ck_assert_int_eq(ops_documents_find(documents, cases[i].environment, cases[i].key, &text),
				 cases[i].there);
		ck_assert_str_eq(cases[i].there ? text.bytes : "none", cases[i].there ? "{\"a\":1}" : "none");
		text_free(&text);
	}
	ck_assert_uint_eq(ops_documents_count(documents).found, 1);
	ck_assert_uint_eq(ops_documents_count(documents).missed, 4);
	ops_documents_free(documents);
}
END_TEST

static bool has(struct ops_documents *documents, unsigned i)
{
	char name[16];
	struct text text = {.bytes = NULL};

	snprintf(name, sizeof name, "e%u", i);
	bool there = ops_documents_find(documents, name, "1", &text);
	text_free(&text);
	return there;
}

static void keep(struct ops_documents *documents, unsigned i, size_t n)
{
	char name[16], *bytes = calloc(n + 1, 1);

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 'x', n);
	snprintf(name, sizeof name, "e%u", i);
	ops_documents_keep(documents, name, "1", bytes, n);
	free(bytes);
	ck_assert_uint_le(ops_documents_count(documents).bytes, DOCUMENTS_BYTES);
	ck_assert_uint_le(ops_documents_count(documents).documents, DOCUMENTS_MAX);
}

START_TEST(the_one_that_was_wanted_longest_ago_goes_first)
{
	struct ops_documents *documents = ops_documents_new();

	for (unsigned i = 0; i < DOCUMENTS_MAX; i++)
		keep(documents, i, 10);
	ck_assert(has(documents, 0));
	keep(documents, DOCUMENTS_MAX, 10);
	ck_assert(has(documents, 0));
	ck_assert(!has(documents, 1));
	ck_assert(has(documents, DOCUMENTS_MAX));
	ops_documents_free(documents);
}
END_TEST

START_TEST(all_together_are_no_longer_than_the_bound)
{
	struct ops_documents *documents = ops_documents_new();

	for (unsigned i = 0; i < 4; i++)
		keep(documents, i, DOCUMENTS_BYTES / 4);
	ck_assert_uint_eq(ops_documents_count(documents).documents, 4);
	keep(documents, 4, DOCUMENTS_BYTES / 2);
	ck_assert(!has(documents, 0) && !has(documents, 1) && has(documents, 2) && has(documents, 3) &&
		  has(documents, 4));
	keep(documents, 4, DOCUMENTS_BYTES + 1);
	ck_assert(!has(documents, 4) && has(documents, 2));
	keep(documents, 2, 1);
	ck_assert_uint_eq(ops_documents_count(documents).bytes, DOCUMENTS_BYTES / 4 + 1);
	ops_documents_free(documents);
}
END_TEST

START_TEST(blanks_go_and_texts_stay)
{
	static const char *const cases[][2] = {
		{"{\"a\" : 1, \"b\" :\n[ ] }", "{\"a\":1,\"b\":[]}"},
		{"{\"a b\" : \" \\\" c \\\\\" , \"d\" : \"\\\\\\\" e\"}",
		 "{\"a b\":\" \\\" c \\\\\",\"d\":\"\\\\\\\" e\"}"},
		{"\"", "\""}, {"\"\\", "\"\\"}, {"", ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[64];
		snprintf(text, sizeof text, "%s", cases[i][0]);
		text[ops_json_pack(text, strlen(text))] = '\0';
		ck_assert_str_eq(text, cases[i][1]);
	}
}
END_TEST

/* 2. Responders on one database. The operator is one of our own, with a session. */

static const char secret[] = "check-reads";

struct responder {
	struct db *db;
	struct ops_tries *tries;
	struct ops *ops;
};

static struct responder responder(void)
{
	struct responder r = {
		.db = db_new(getenv("CVN_TEST_DATABASE"), "check_reads"), .tries = ops_tries_new()};

	r.ops = ops_new(r.db, r.tries);
	return r;
}

static void end(struct responder *r)
{
	ops_free(r->ops);
	ops_tries_free(r->tries);
	db_free(r->db);
}

/* One statement of the owner: what it is about, and a text. */
static void run(struct responder *r, const struct db_statement *statement, const char *a, const char *b)
{
	ops_start(r->ops);
	enum db_outcome outcome = db_query(r->db, statement, (const char *const[]){a, b}, NULL);
	ck_assert_msg(outcome == DB_ROW || outcome == DB_NONE, "%s: %s", statement->name,
		      db_error(r->db)->detail);
}

static const struct db_statement operator_add = {"t_operator",
	"with one as (insert into operators (login, password_hash, created_by)"
	" values ('reads', '$y$x', 'test') on conflict do nothing)"
	" select $1, $2", 2, false};
static const struct db_statement session_add = {"t_session",
	"insert into sessions (sha256, login, expires_at) values ($1, $2, now() + interval '1 hour')"
	" on conflict do nothing", 2, false};
static const struct db_statement role_add = {"t_role",
	"insert into operator_roles (login, environment, role) values ('reads', $1, $2)"
	" on conflict do nothing", 2, false};
static const struct db_statement role_take = {"t_role_take",
	"delete from operator_roles where login = 'reads' and environment = $1 and role = $2", 2, false};
static const struct db_statement disable = {"t_disable",
	"update operators set disabled = $2::boolean where login = $1", 2, false};
static const struct db_statement expire = {"t_expire",
	"update sessions set created_at = now() - interval '2 h', expires_at = now() - interval '1 s'"
	" where sha256 = $1 and $2 <> ''", 2, false};

static void log_in(struct responder *r)
{
	char sha256[65];

	sha256_text(secret, strlen(secret), sha256);
	run(r, &operator_add, "", "");
	run(r, &session_add, sha256, "reads");
	run(r, &role_add, "*", "viewer");
}

/* What GET is answered with once it was received, as the route does it: who asks, then the document. */
static enum code answer(struct responder *r, const char *environment, struct text *json,
			enum ops_source *source)
{
	struct ops_sight sight = {.environment = environment};
	struct who who = {.roles = NULL};
	struct error error;
	int64_t version;

	ops_start(r->ops);
	enum code code = ops_who_session(r->ops, secret, &sight, &who, &error);
	if (code == CODE_OK)
		code = ops_who_need(&who, ROLE_VIEWER, environment, &error);
	if (code == CODE_OK)
		code = ops_config_get(r->ops, &sight, NULL, &version, source, json, &error);
	ops_who_free(&who);
	ck_assert(ops_idle(r->ops));
	return code;
}

static enum code get(struct responder *r, const char *environment, struct text *json, enum ops_source *source)
{
	ops_receive(r->ops);
	return answer(r, environment, json, source);
}

static void expect_same(const struct text *said, const struct text *truth, const char *environment,
			unsigned step)
{
	size_t at = 0;

	while (at < said->n && at < truth->n && said->bytes[at] == truth->bytes[at])
		at++;
	ck_assert_msg(at == said->n && at == truth->n, "step %u, %s, byte %zu: %.200s is not %.200s", step,
		      environment, at, said->bytes + at, truth->bytes + at);
}

/*
 * A responder that keeps nothing yet reads;
 * the ones that were there before say the same. Counts the answers kept.
 */
static unsigned compare(struct responder *old, size_t n, const char *environment, unsigned step)
{
	struct responder fresh = responder();
	struct text truth = {.bytes = NULL};
	enum ops_source source;
	unsigned kept = 0;

	ck_assert_int_eq(get(&fresh, environment, &truth, &source), CODE_OK);
	ck_assert_int_eq(source, SOURCE_READ);
	ck_assert_uint_eq(strlen(truth.bytes), truth.n);
	for (size_t i = 0; i < 2 * n; i++) {
		struct text said = {.bytes = NULL};
		ck_assert_int_eq(get(&old[i % n], environment, &said, &source), CODE_OK);
		expect_same(&said, &truth, environment, step);
		ck_assert(i < n || source == SOURCE_KEPT);
		kept += source == SOURCE_KEPT;
		text_free(&said);
	}
	text_free(&truth);
	end(&fresh);
	return kept;
}

/*
 * Writes, each with an environment and a number.
 * What the doors of the database do, and what only its owner can.
 */
#define DEFAULT "(select default_value from variable_catalog where name = 'CVN_COOLDOWN')"
#define WRITE(value)                                                                                     \
	"select config_write(c.environment, 'save', c.version,"                                          \
	" jsonb_build_object('CVN_COOLDOWN', " value "),"                                                \
	" config_diff(config_values(c.environment, array['CVN_COOLDOWN']),"                              \
	"  jsonb_build_object('CVN_COOLDOWN', coalesce(" value ", " DEFAULT "))),"                       \
	" null, 'reads', null, 'a test', null) from active_config c where c.environment = $1"            \
	" and config_values(c.environment, array['CVN_COOLDOWN']) ->> 'CVN_COOLDOWN'"                    \
	" is distinct from coalesce(" value ", " DEFAULT ")"
static const struct db_statement writes[] = {
	{"t_save", WRITE("$2::text || 's'"), 2, false},
	{"t_default", WRITE("nullif($2::text, $2::text)"), 2, false},
	{"t_new",
	 "select catalog_write('CVN_READS_' || $2::text,"
	 " '{\"type\": \"int\", \"category\": \"threshold\", \"description\": \"\","
	 " \"group_name\": \"\", \"unit\": \"\", \"required\": false, \"deprecated\": false,"
	 " \"hot_reloadable\": true, \"critical\": false,"
	 " \"excluded_from_ftf\": false}', 'reads', 'a test', null) where $1::text is not null"
	 " and not exists (select from variable_catalog_history where name = 'CVN_READS_' || $2::text)",
	 2, false},
	{"t_gone",
	 "select catalog_write('CVN_READS_' || $2::text, null, 'reads', 'a test', null)"
	 " where $1::text is not null"
	 " and exists (select from variable_catalog where name = 'CVN_READS_' || $2::text)"
	 " and catalog_references('CVN_READS_' || $2::text) is null", 2, false},
	{"t_owner",
	 "update variable_catalog set default_value = $2"
	 " where name like 'CVN_READS_%' and $1::text is not null", 2, false},
	{"t_described",
	 "update variable_catalog set description = $2"
	 " where name = 'CVN_COOLDOWN' and $1::text is not null", 2, false},
	{"t_lock", "select environment_lock($1, case when $2::int % 2 = 0 then 'reads' end)", 2, false},
	{"t_environment", "select environment_create('reads-' || $2::text, $1, 'reads', 'a test', null)"
	 " where not exists (select from active_config where environment = 'reads-' || $2::text)", 2, false},
};
enum { WRITES = sizeof writes / sizeof *writes, STEPS = 150 };

START_TEST(what_was_kept_is_what_would_be_read_after_any_write)
{
	struct responder r[] = {responder(), responder()};
	const char *seed_text = getenv("CVN_SEED");
	unsigned seed = seed_text == NULL ? 20 : (unsigned)strtoul(seed_text, NULL, 10), kept = 0;
	char number[16];

	printf("seed %u\n", seed);
	log_in(&r[0]);
	for (unsigned step = 0; step < STEPS; step++) {
		static const char *const environments[] = {"dev", "paper"};
		const char *environment = environments[(unsigned)rand_r(&seed) % 2];

		snprintf(number, sizeof number, "%d", rand_r(&seed) % 8 + 50);
		run(&r[0], &writes[(unsigned)rand_r(&seed) % WRITES], environment, number);
		kept += compare(r, 2, environments[(unsigned)rand_r(&seed) % 2], step);
	}
	ck_assert_uint_gt(kept, 2 * STEPS + STEPS / 4);
	run(&r[0], &writes[6], "dev", "1");
	run(&r[0], &writes[6], "paper", "1");
	end(&r[0]);
	end(&r[1]);
}
END_TEST

/* As a restore of a backup does it: rows as they were, and no trigger that sees it. */
static const struct db_statement backup = {"t_backup",
	"create table reads_backup as select c.*, e.value from active_config c"
	" left join active_config_entries e on e.config_id = c.id and e.name = 'CVN_COOLDOWN'"
	" where c.environment = 'dev'", 0, false};
static const struct db_statement restore = {"t_restore",
	"do $$ declare b reads_backup; t text; begin select * into b from reads_backup;"
	" foreach t in array"
	"  array['config_history', 'config_history_names', 'config_changes', 'config_change_events'] loop"
	"  execute format('alter table %I disable trigger user', t); end loop;"
	" delete from config_history_names n using config_history h where h.id = n.history_id"
	" and h.config_id = b.id and h.version > b.version;"
	" delete from config_history where config_id = b.id and version > b.version;"
	" delete from config_change_events v using config_changes c where c.id = v.change_id"
	" and c.environment = 'dev' and c.version > b.version;"
	" delete from config_change_names v using config_changes c where c.id = v.change_id"
	" and c.environment = 'dev' and c.version > b.version;"
	" delete from config_changes where environment = 'dev' and version > b.version;"
	" update active_config set version = b.version, updated_at = b.updated_at where id = b.id;"
	" delete from active_config_entries where config_id = b.id and name = 'CVN_COOLDOWN';"
	" if b.value is not null then insert into active_config_entries values (b.id, 'CVN_COOLDOWN',"
	" b.value, b.version, b.updated_at, 'reads'); end if;"
	" foreach t in array"
	"  array['config_history', 'config_history_names', 'config_changes', 'config_change_events'] loop"
	"  execute format('alter table %I enable trigger user', t); end loop;"
	" drop table reads_backup; end $$", 0, false};

START_TEST(the_same_version_with_another_history_is_another_document)
{
	struct responder r[] = {responder(), responder()};
	struct text before = {.bytes = NULL}, after = {.bytes = NULL};
	enum ops_source source;

	log_in(&r[0]);
	run(&r[0], &writes[0], "dev", "31");
	run(&r[0], &backup, NULL, NULL);
	run(&r[0], &writes[0], "dev", "32");
	compare(r, 2, "dev", 1);
	ck_assert_int_eq(get(&r[0], "dev", &before, &source), CODE_OK);
	run(&r[0], &restore, NULL, NULL);
	compare(&r[1], 1, "dev", 2); /* the other one sees nothing of the time between */
	run(&r[0], &writes[0], "dev", "33");
	ck_assert_int_eq(get(&r[0], "dev", &after, &source), CODE_OK);
	ck_assert_int_eq(source, SOURCE_READ);
	ck_assert_str_ne(before.bytes, after.bytes);
	ck_assert_mem_eq(strstr(before.bytes, "\"version\":"), strstr(after.bytes, "\"version\":"), 14);
	compare(r, 2, "dev", 3);
	text_free(&before);
	text_free(&after);
	run(&r[0], &writes[1], "dev", "0");
	end(&r[0]);
	end(&r[1]);
}
END_TEST

START_TEST(who_may_not_any_more_is_refused_on_the_next_request)
{
	struct responder r[] = {responder(), responder()};
	char sha256[65];
	const struct {
		const struct db_statement *take, *give;
		const char *take_a, *take_b, *give_a, *give_b;
		enum code code;
	} cases[] = {
		{&role_take, &role_add, "*", "viewer", "*", "viewer", CODE_FORBIDDEN},
		{&disable, &disable, "reads", "true", "reads", "false", CODE_UNAUTHENTICATED},
		{&expire, NULL, sha256, "x", NULL, NULL, CODE_UNAUTHENTICATED},
	};
	struct text text = {.bytes = NULL};
	enum ops_source source;

	sha256_text(secret, strlen(secret), sha256);
	log_in(&r[0]);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		compare(r, 2, "dev", (unsigned)i);
		run(&r[0], cases[i].take, cases[i].take_a, cases[i].take_b);
		for (size_t k = 0; k < 2; k++)
			ck_assert_int_eq(get(&r[k], "dev", &text, &source), cases[i].code);
		ck_assert_ptr_null(text.bytes);
		if (cases[i].give != NULL)
			run(&r[0], cases[i].give, cases[i].give_a, cases[i].give_b);
	}
	end(&r[0]);
	end(&r[1]);
}
END_TEST

CHECK_CASE(kept, "kept", a_document_is_found_by_its_environment_and_key_alone,
	   the_one_that_was_wanted_longest_ago_goes_first, all_together_are_no_longer_than_the_bound,
	   blanks_go_and_texts_stay)

START_TEST(who_asks_is_asked_once_for_all_who_were_there_and_again_for_who_comes_then)
{
	struct responder r = responder();
	struct text text = {.bytes = NULL};
	enum ops_source source;

	log_in(&r);
	ck_assert_int_eq(get(&r, "dev", &text, &source), CODE_OK);
	run(&r, &role_take, "*", "viewer");
	ck_assert_int_eq(answer(&r, "dev", &text, &source), CODE_OK);
	ck_assert_int_eq(answer(&r, "paper", &text, &source), CODE_FORBIDDEN); /* another question */
	ops_receive(r.ops);
	ck_assert_int_eq(answer(&r, "dev", &text, &source), CODE_FORBIDDEN);
	run(&r, &role_add, "*", "viewer");
	ck_assert_int_eq(get(&r, "dev", &text, &source), CODE_OK);
	text_free(&text);
	end(&r);
}
END_TEST

/* One after another: each leaves the session as it likes. */
CHECK_DATABASE_CASE(database, "with a database", what_was_kept_is_what_would_be_read_after_any_write,
		    the_same_version_with_another_history_is_another_document,
		    who_asks_is_asked_once_for_all_who_were_there_and_again_for_who_comes_then,
		    who_may_not_any_more_is_refused_on_the_next_request)

CHECK_MAIN("reads", kept, database)
