#include "fcgi/api/reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/api/status.h"
#include "fcgi/api/transport.h"
#include "fcgi/ops/ops_config.h"
#include "fcgi/ops/ops_tries.h"

void reply_free(struct reply *reply)
{
	text_free(&reply->body);
	text_free(&reply->more);
	text_free(&reply->headers);
	if (reply->stream.free != NULL)
		reply->stream.free(reply->stream.arg);
}

void reply_header(struct reply *reply, const char *name, const char *value)
{
	text_add(&reply->headers, name);
	text_add(&reply->headers, ": ");
	text_add(&reply->headers, value);
	text_add(&reply->headers, "\r\n");
}

void reply_etag(struct reply *reply, int64_t version)
{
	char tag[32];

	snprintf(tag, sizeof tag, "\"%" PRId64 "\"", version);
	reply_header(reply, "ETag", tag);
}

void reply_version(struct reply *reply, int64_t version, const struct ops_match *known)
{
	reply_etag(reply, version);
	if (ops_match_holds(known, version))
		reply->status = 304;
}

void reply_created(struct reply *reply, const char *folder, const char *name)
{
	char location[128];

	snprintf(location, sizeof location, "/api/%s/%s", folder, name);
	reply_header(reply, "Location", location);
	reply->status = 201;
}

void reply_created_id(struct reply *reply, const char *folder, int64_t id)
{
	char name[24];

	snprintf(name, sizeof name, "%" PRId64, id);
	reply_created(reply, folder, name);
}

void reply_json(struct reply *reply, struct canon *json)
{
	canon_start(json, text_put, &reply->body);
}

void reply_integer(struct canon *json, const char *name, int64_t value)
{
	canon_key(json, name);
	canon_integer(json, value);
}

void reply_cursor(struct reply *reply, int64_t next)
{
	char cursor[32];

	snprintf(cursor, sizeof cursor, "\"%" PRId64 "\"}", next);
	text_add(&reply->body, ",\"next_cursor\":");
	text_add(&reply->body, next == 0 ? "null}" : cursor);
}

void reply_violations(struct canon *json, const struct violation *violations, size_t n)
{
	canon_array(json);
	for (size_t i = 0; i < n; i++) {
		canon_object(json);
		canon_member(json, "name", violations[i].name);
		canon_member(json, "code", code_name(violations[i].error.code));
		canon_member(json, "detail", violations[i].error.detail);
		canon_end(json, '}');
	}
	canon_end(json, ']');
}

void reply_more(struct reply *reply, const char *name)
{
	text_add(&reply->more, ",\"");
	text_add(&reply->more, name);
	text_add(&reply->more, "\":");
}

void reply_finding(struct canon *json, const char *environment, const char *name, const struct error *error)
{
	canon_object(json);
	if (environment != NULL)
		canon_member(json, "environment", environment);
	canon_member(json, "name", name);
	canon_member(json, "code", code_name(error->code));
	canon_member(json, "detail", error->detail);
	canon_end(json, '}');
}

void reply_first(struct reply *reply, const char *environment, const char *name, const struct error *first,
		 size_t n)
{
	char more[48] = "";

	if (n > 1)
		snprintf(more, sizeof more, "; and %zu more in errors", n - 1);
	if (environment != NULL)
		code_error(&reply->error, CODE_INVALID, name, " in ", environment, ": ", first->detail, more,
			   NULL);
	else if (strncmp(first->detail, name, strlen(name)) == 0)
		code_error(&reply->error, CODE_INVALID, first->detail, more, NULL); /* it names it already */
	else
		code_error(&reply->error, CODE_INVALID, name, ": ", first->detail, more, NULL);
}

void reply_problem(struct reply *reply, enum code code, const char *id)
{
	struct canon json;

	reply->status = status_of(code);
	reply->body.n = 0;
	reply_json(reply, &json);
	canon_object(&json);
	canon_member(&json, "type", "about:blank");
	canon_member(&json, "title", code_message(code));
	reply_integer(&json, "status", reply->status);
	canon_member(&json, "detail",
		     reply->error.detail[0] == '\0' ? code_message(code) : reply->error.detail);
	canon_member(&json, "instance", id);
	canon_member(&json, "code", code_name(code));
	text_put(&reply->body, reply->more.bytes == NULL ? "" : reply->more.bytes, reply->more.n);
	canon_end(&json, '}');
	if (code == CODE_TOO_MANY_REQUESTS) {
		char seconds[16];
		snprintf(seconds, sizeof seconds, "%d", TRIES_FORGET_SECONDS);
		reply_header(reply, "Retry-After", seconds);
	}
	/* Not Basic: a browser would show its own password prompt. */
	if (code == CODE_UNAUTHENTICATED)
		reply_header(reply, "WWW-Authenticate", "Cvn realm=\"cvn\"");
}

static bool has_body(const struct reply *reply)
{
	return (reply->body.n > 0 || reply->stream.next != NULL) && reply->status != 304 &&
	       reply->status != 204;
}

static bool is_stream(const struct reply *reply)
{
	return reply->stream.next != NULL && reply->status < 400;
}

static void put_type(struct text *head, const struct reply *reply)
{
	const char *type = reply->type == NULL ? "application/json" : reply->type;
	char line[64];

	text_add(head, "Content-Type: ");
	text_add(head, reply->status < 400 ? type : "application/problem+json");
	text_add(head, "\r\n");
	if (is_stream(reply))
		return;
	snprintf(line, sizeof line, "Content-Length: %zu\r\n", reply->body.n);
	text_add(head, line);
}

static bool write_parts(const struct reply *reply, const struct transport *transport)
{
	bool heard = true, more = true;

	while (heard && more) {
		struct text part = {.bytes = NULL};
		more = reply->stream.next(reply->stream.arg, &part);
		if (part.n > 0)
			heard = transport->write(transport->arg, part.bytes, part.n);
		text_free(&part);
	}
	return heard;
}

bool reply_write(struct reply *reply, const struct transport *transport, const char *id, bool with_body)
{
	struct text head = {.bytes = NULL};
	char line[128];

	if (reply->status == 0)
		reply->status = reply->body.n > 0 || reply->stream.next != NULL ? 200 : 204;
	snprintf(line, sizeof line, "Status: %u %s\r\n", reply->status, status_phrase(reply->status));
	text_add(&head, line);
	if (has_body(reply))
		put_type(&head, reply);
	text_add(&head, "Cache-Control: no-store\r\nX-Request-Id: ");
	text_add(&head, id);
	text_add(&head, "\r\n");
	text_put(&head, reply->headers.bytes == NULL ? "" : reply->headers.bytes, reply->headers.n);
	text_add(&head, "\r\n");
	bool heard = transport->write(transport->arg, head.bytes, head.n);
	if (heard && with_body && has_body(reply))
		heard = transport->write(transport->arg, reply->body.bytes, reply->body.n);
	if (heard && with_body && is_stream(reply))
		heard = write_parts(reply, transport);
	text_free(&head);
	return heard;
}
