#ifndef CVN_NOTIFIER_SIGHT_H
#define CVN_NOTIFIER_SIGHT_H
/*
 * What the notifier has seen of the database: per environment the version up to which events were emitted,
 * and what was counted on the way. Pure: rows go in, events come out. Events come from rows alone; a
 * notification only says when to look, so a forged or a lost one never makes a wrong or a missing event.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub;
struct text;

enum { SIGHT_ENVIRONMENT = 32, SIGHT_FREEZES = 40, SIGHT_HEAD = 65, SIGHT_LOCK = 65, SIGHT_STAMP = 37 };

struct place {
	char environment[SIGHT_ENVIRONMENT];
	int64_t version;  /* everything up to it was emitted */
	char head[SIGHT_HEAD]; /* digest of that version's row of the history; "": not known */
	int64_t heard;    /* the latest version a notification named */
	int64_t claimed;  /* that, as the look was asked for */
	bool overdue;     /* version > heard, and it was so at the look before */
	int64_t saves, rollbacks;
	char freezes[SIGHT_FREEZES]; /* fingerprint of its freeze windows; "" before the first look */
	char lock[SIGHT_LOCK]; /* who holds it; "": nobody */
	bool asked;       /* this look is about it */
	bool met;         /* and found it */
	int64_t target;   /* its version, as this look found it */
};

struct sight {
	struct place *places;
	size_t n, room;
	int64_t catalog_version; /* 0: not yet known */
	char stamp[SIGHT_STAMP]; /* of that catalog: another one of the same version is another catalog */
	unsigned catalogs;       /* how many were seen */
	bool counted;            /* places hold their counts: looks may begin */
};

/* One row of ASK_CATCH_UP, or of ASK_NEWS. */
struct sight_row {
	const char *environment;
	int64_t version, catalog_version;
	const char *freezes, *lock; /* NULL: not asked */
	int64_t changed_version; /* 0: nothing new in this environment */
	const char *kind;        /* of the change */
	const char *key;         /* NULL: it touched no parameter */
	const char *row_hash;    /* of the change */
	const char *seen_hash;   /* that the version seen has now; NULL: there is none */
	const char *stamp;       /* of the catalog */
};

enum sight_verdict {
	SIGHT_SAME,  /* nothing new */
	SIGHT_MOVED, /* events were emitted */
	/* A version went backwards, or is of another history: the database is an older one; start over. */
	SIGHT_REGRESSED,
	/* Versions are missing between what was seen and now; start over. */
	SIGHT_GAP
};

/* Forgets everything; sight_forget() is also how it is freed. */
void sight_forget(struct sight *);

/* A row of ASK_COUNTS: where an environment stands before the first look. */
void sight_count(struct sight *, const char *environment, int64_t version, const char *head, int64_t saves,
		 int64_t rollbacks);

/*
 * What the next look is about: the environments of a scope. Puts the parameters of
 * ASK_CATCH_UP and ASK_NEWS, as array literals.
 */
void sight_ask(struct sight *, const char *named, struct text *environments, struct text *versions);

/*
 * The look: begin, each row in order, end.
 * After REGRESSED or GAP the rest must not be taken. Emits, wakes nobody.
 */
void sight_begin(struct sight *);
enum sight_verdict sight_take(struct sight *, struct hub *, const struct sight_row *);
enum sight_verdict sight_end(struct sight *);

/* NULL: no such environment. Lives until the next look. */
struct place *sight_place(const struct sight *, const char *environment);

/* A notification named this version. True: it is newer than what was seen, so look. */
bool sight_hear(struct sight *, const char *environment, int64_t version);

/* At a heartbeat: some version was seen two looks ago and never notified. Asked once, it is forgotten. */
bool sight_unheard(struct sight *);

/* The first look since LISTEN is done: what came before it could not be notified. */
void sight_settle(struct sight *);

#endif
