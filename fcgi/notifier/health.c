#include "fcgi/notifier/health.h"

#include "fcgi/notifier/desk.h"
#include "fcgi/notifier/link.h"
#include "fcgi/notifier/text.h"
#include "fcgi/notifier/visit.h"

bool health_write(struct text *t, bool listening, int64_t age_ms, const char *schema)
{
	struct canon json;
	bool well = listening && age_ms >= 0 && age_ms < HEALTH_AGE_MS;
	text_json(t, &json);
	canon_object(&json);
	canon_member(&json, "status", well ? "ok" : "unavailable");
	canon_member(&json, "database", well ? "up" : "down");
	canon_member(&json, "schema", *schema ? schema : NULL);
	canon_key(&json, "listener_age_seconds");
	if (age_ms < 0)
		canon_null(&json);
	else
		canon_integer(&json, age_ms / 1000);
	canon_end(&json, '}');
	return well;
}

void health_handle(void *arg, struct visit *v)
{
	const struct health *h = arg;
	struct text body = {0};
	bool well = health_write(&body, link_listening(h->link), link_age_ms(h->link), desk_schema(h->desk));
	visit_reply_text(v, well ? 200 : 503, "application/json", &body);
	text_free(&body);
}

void health_handle_alive(void *arg, struct visit *v)
{
	struct text body = {0};
	(void)arg;
	text_put(&body, "{\"status\":\"ok\"}");
	visit_reply_text(v, 200, "application/json", &body);
	text_free(&body);
}
