#include "fcgi/notifier/problem.h"

#include "fcgi/notifier/text.h"

static const struct {
	enum code code;
	int status;
} rows[] = {
	{CODE_MALFORMED, 400},   {CODE_UNAUTHENTICATED, 401},    {CODE_FORBIDDEN, 403},
	{CODE_NOT_FOUND, 404},   {CODE_METHOD_NOT_ALLOWED, 405}, {CODE_TOO_LARGE, 413},
	{CODE_INTERNAL, 500},    {CODE_UNAVAILABLE, 503},
};

int problem_status(enum code code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].code == code)
			return rows[i].status;
	return 500;
}

void problem_write(struct text *t, enum code code, const char *detail, const char *instance)
{
	struct canon json;
	text_json(t, &json);
	canon_object(&json);
	canon_member(&json, "type", "about:blank");
	canon_member(&json, "title", code_message(code));
	text_member_number(&json, "status", problem_status(code));
	canon_member(&json, "detail", detail ? detail : code_message(code));
	canon_member(&json, "instance", instance);
	canon_member(&json, "code", code_name(code));
	canon_end(&json, '}');
}
