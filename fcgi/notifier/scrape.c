#include "fcgi/notifier/scrape.h"

#include "fcgi/notifier/desk.h"
#include "fcgi/notifier/door.h"
#include "fcgi/notifier/link.h"
#include "fcgi/notifier/metrics.h"
#include "fcgi/notifier/push.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/visit.h"
#include "fcgi/proc/stats.h"

void scrape_close(struct scrape *s)
{
	if (s->stats)
		stats_close(s->stats);
	s->stats = NULL;
}

/* The pool makes its file anew when it starts, which may be after us. */
static const struct stats *current_stats(struct scrape *s)
{
	if (!s->stats_file)
		return NULL;
	if (s->stats && !stats_current(s->stats, s->stats_file))
		scrape_close(s);
	if (!s->stats)
		s->stats = stats_open(s->stats_file);
	return s->stats;
}

void scrape_source(struct scrape *s, struct metrics_source *source)
{
	*source = (struct metrics_source){
		.sight = link_sight(s->link),
		.measures = desk_measures(s->desk),
		.states = desk_states(s->desk),
		.stats = current_stats(s),
		.waiters = door_waiting(s->door),
		.reconnects = link_reconnects(s->link),
		.push_failures = push_failures(s->push),
		.regressions = link_regressions(s->link),
		.streams_dropped = door_dropped(s->door),
		.idle_looks = link_idle_looks(s->link),
		.listening = link_listening(s->link),
	};
}

void scrape_handle(void *arg, struct visit *v)
{
	struct metrics_source source;
	struct text body = {0};
	scrape_source(arg, &source);
	metrics_all(&body, &source);
	visit_reply_text(v, 200, "text/plain; version=0.0.4; charset=utf-8", &body);
	text_free(&body);
}
