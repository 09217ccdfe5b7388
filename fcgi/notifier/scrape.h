#ifndef CVN_NOTIFIER_SCRAPE_H
#define CVN_NOTIFIER_SCRAPE_H
/* GET /metrics, and where the metrics' sources are gathered for it and for the pushes. */

struct desk;
struct door;
struct link;
struct metrics_source;
struct push;
struct stats;
struct visit;

/* Whose numbers are read; filled in by main. stats_file may be NULL: no responder counts. */
struct scrape {
	const struct door *door;
	const struct link *link;
	const struct desk *desk;
	const struct push *push;
	const char *stats_file;
	struct stats *stats; /* its own: mapped when the file is there */
};

/* The sources as they are now; they live until the loop turns. */
void scrape_source(struct scrape *, struct metrics_source *);

/* Takes the visit. */
void scrape_handle(void *scrape, struct visit *);

/* Unmaps the stats file. */
void scrape_close(struct scrape *);

#endif
