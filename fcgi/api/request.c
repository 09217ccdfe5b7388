#include "fcgi/api/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fcgi/api/body.h"
#include "fcgi/api/header.h"
#include "fcgi/api/route.h"
#include "fcgi/api/transport.h"
#include "fcgi/proc/need.h"
#include "workerlib/core/name.h"

static const struct {
	const char *name;
	enum method method;
} methods[] = {
	{"GET", METHOD_GET}, {"HEAD", METHOD_GET},     {"POST", METHOD_POST},
	{"PUT", METHOD_PUT}, {"PATCH", METHOD_PATCH}, {"DELETE", METHOD_DELETE},
};

static enum method method_from_name(const char *name)
{
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	}
	return METHOD_OTHER;
}

/* The caller's id where it has the form of one, else the gate's, else none. */
static void choose_id(struct request *request)
{
	static const char *const sources[] = {"HTTP_X_REQUEST_ID", "REQUEST_ID"};

	snprintf(request->id, sizeof request->id, "none");
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		const char *id = header_get(request->transport, sources[i], NULL);
		if (id != NULL && name_is_id(id, strlen(id))) {
			snprintf(request->id, sizeof request->id, "%s", id);
			return;
		}
	}
}

static const char *or_empty(const char *text)
{
	return text == NULL ? "" : text;
}

enum code request_start(struct request *request, const struct transport *transport, struct error *error)
{
	bool twice = false;

	*request = (struct request){.transport = transport};
	choose_id(request);
	request->method_name = or_empty(header_get(transport, "REQUEST_METHOD", NULL));
	request->method = method_from_name(request->method_name);
	request->is_head = strcmp(request->method_name, "HEAD") == 0;
	request->is_https = header_get(transport, "HTTPS", NULL) != NULL;
	request->address = or_empty(header_get(transport, "REMOTE_ADDR", NULL));
	request->match = header_match(header_get(transport, "HTTP_IF_MATCH", &twice), false);
	request->none_match = header_match(header_get(transport, "HTTP_IF_NONE_MATCH", &twice), true);
	enum code code = target_read(or_empty(header_get(transport, "REQUEST_URI", NULL)), &request->target,
				     error);
	if (code == CODE_OK && twice)
		code = code_error(error, CODE_MALFORMED, "a precondition is given twice", NULL);
	return code;
}

void request_free(struct request *request)
{
	target_free(&request->target);
	ops_who_free(&request->who);
	body_free(request->json);
	request->json = NULL;
	explicit_bzero(request->session, sizeof request->session);
}

/* -1: not a length. */
static long content_length(const struct transport *transport)
{
	const char *text = header_get(transport, "CONTENT_LENGTH", NULL);

	if (text == NULL)
		return 0;
	if (strspn(text, "0123456789") != strlen(text))
		return -1;
	return strlen(text) > 12 ? 999999999999L : strtol(text, NULL, 10);
}

static bool is_json(const char *type)
{
	static const char json[] = "application/json";
	size_t n = sizeof json - 1;

	if (type == NULL || strncasecmp(type, json, n) != 0)
		return false;
	type += n + strspn(type + n, " ");
	if (*type == '\0')
		return true;
	if (*type++ != ';')
		return false;
	type += strspn(type, " ");
	return strcasecmp(type, "charset=utf-8") == 0 || strcasecmp(type, "charset=\"utf-8\"") == 0;
}

/* Exactly n bytes: a body that was cut on the way is not a shorter body. */
static bool read_exactly(const struct transport *transport, char *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		long got = transport->read(transport->arg, bytes + done, n - done);
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

static enum code refuse_length(size_t limit, struct error *error)
{
	char number[24];

	snprintf(number, sizeof number, "%zu", limit);
	return code_error(error, CODE_TOO_LARGE, "the body has at most ", number, " bytes here", NULL);
}

enum code request_read_body(struct request *request, struct error *error)
{
	const struct transport *transport = request->transport;
	long length = content_length(transport);
	enum code code;

	if (length < 0)
		return code_error(error, CODE_MALFORMED, "the length of the body is not a number", NULL);
	if ((size_t)length > request->route->body_limit)
		return refuse_length(request->route->body_limit, error);
	if (request->route->content_type == NULL)
		return CODE_OK;
	if (length == 0 && request->route->may_be_empty)
		return body_parse("{}", 2, &request->json, error);
	if (!is_json(header_get(transport, "CONTENT_TYPE", NULL)))
		return code_error(error, CODE_UNSUPPORTED_MEDIA_TYPE,
				  code_message(CODE_UNSUPPORTED_MEDIA_TYPE), NULL);
	if (header_get(transport, "HTTP_CONTENT_ENCODING", NULL) != NULL)
		return code_error(error, CODE_UNSUPPORTED_MEDIA_TYPE,
				  "send the body as it is, without Content-Encoding", NULL);
	char *bytes = need_items((size_t)length + 1, 1);
	if (read_exactly(transport, bytes, (size_t)length))
		code = body_parse(bytes, (size_t)length, &request->json, error);
	else
		code = code_error(error, CODE_MALFORMED, "the body is shorter than its length", NULL);
	explicit_bzero(bytes, (size_t)length);
	free(bytes);
	return code;
}

const char *request_query(const struct request *request, const char *name)
{
	return target_query(&request->target, name);
}
