#include <stdio.h>
#include <string.h>

#include "fcgi/api/auth.h"
#include "fcgi/api/body.h"
#include "fcgi/api/handlers.h"
#include "fcgi/api/header.h"
#include "fcgi/api/reply.h"
#include "fcgi/api/server.h"
#include "fcgi/ops/ops_who.h"
#include "workerlib/core/sha256.h"

static void put_cookie(struct reply *reply, const struct request *request, const char *secret,
		       const char *age)
{
	char cookie[256];

	snprintf(cookie, sizeof cookie, AUTH_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s%s", secret, age,
		 request->is_https ? "; Secure" : "");
	reply_header(reply, "Set-Cookie", cookie);
}

static void put_who(struct reply *reply, const struct who *who)
{
	struct canon json;

	reply_json(reply, &json);
	canon_object(&json);
	canon_member(&json, "login", who->login);
	canon_key(&json, "roles");
	canon_array(&json);
	for (size_t i = 0; i < who->n_roles; i++) {
		canon_object(&json);
		canon_member(&json, "environment", who->roles[i].environment);
		canon_member(&json, "role", ops_who_role_name(who->roles[i].role));
		canon_end(&json, '}');
	}
	canon_end(&json, ']');
	canon_member(&json, "expires_at", who->expires_at[0] == '\0' ? NULL : who->expires_at);
	canon_key(&json, "password_due");
	canon_bool(&json, who->password_due);
	canon_end(&json, '}');
}

/* Whoever the cookie or the header says it is plays no part: the password does. */
enum code h_who_login(const struct server *server, struct request *request, struct reply *reply)
{
	static const struct body_field fields[] = {
		{.name = "login", .type = BODY_TEXT, .required = true},
		{.name = "password", .type = BODY_TEXT, .required = true},
	};
	struct json_object *values[2];
	struct who who = {.roles = NULL};
	struct ops_sight nothing = {.environment = NULL};
	char secret[65] = "";
	enum code code = body_fields(request->json, fields, 2, values, &reply->error);

	if (code != CODE_OK)
		return code;
	const struct who_try try = {request->address, body_text(values[0]), body_text(values[1]), auth_now()};
	code = ops_who_password(server->ops, &try, &nothing, &who, &reply->error);
	if (code == CODE_OK)
		code = ops_who_login(server->ops, &who, secret, &reply->error);
	if (code == CODE_OK) {
		put_cookie(reply, request, secret, "; Max-Age=43200");
		put_who(reply, &who);
	}
	explicit_bzero(secret, sizeof secret);
	ops_who_free(&who);
	return code;
}

enum code h_who_logout(const struct server *server, struct request *request, struct reply *reply)
{
	enum code code = CODE_OK;

	if (request->session[0] != '\0')
		code = ops_who_logout(server->ops, request->session, &reply->error);
	if (code == CODE_OK)
		put_cookie(reply, request, "", "; Max-Age=0");
	return code;
}

enum code h_who_me(const struct server *server, struct request *request, struct reply *reply)
{
	enum code code = CODE_OK;

	if (request->session[0] != '\0')
		code = ops_who_expiry(server->ops, request->session, &request->who, &reply->error);
	if (code == CODE_OK)
		put_who(reply, &request->who);
	return code;
}

/* What the notifier may ask the database about again: a digest, never the secret. A password leaves none. */
static void put_credential(const struct request *request, struct reply *reply)
{
	const char *header = header_get(request->transport, "HTTP_AUTHORIZATION", NULL);
	const char *token = NULL, *kind = "session:";
	char credential[16 + 65];

	if (header != NULL && header_scheme(header, "Bearer", &token))
		kind = "token:";
	else if (header == NULL && request->session[0] != '\0')
		token = request->session;
	if (token == NULL)
		return;
	strcpy(credential, kind);
	sha256_text(token, strlen(token), credential + strlen(kind));
	reply_header(reply, "X-Cvn-Credential", credential);
}

/* For the gate, which asks before it passes a request to the notifier. */
enum code h_who_auth(const struct server *server, struct request *request, struct reply *reply)
{
	struct text names = {.bytes = NULL};

	(void)server;
	ops_who_environments(&request->who, &names);
	reply_header(reply, "X-Cvn-Login", request->who.login);
	reply_header(reply, "X-Cvn-Environments", names.bytes);
	put_credential(request, reply);
	text_free(&names);
	return CODE_OK;
}

enum code h_who_operators(const struct server *server, struct request *request, struct reply *reply)
{
	(void)request;
	return ops_who_list(server->ops, &reply->body, &reply->error);
}
