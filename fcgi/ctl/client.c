#include "fcgi/ctl/client.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "fcgi/ctl/mem.h"

enum { CONNECT_S = 5, TIMEOUT_S = 30, BODY_MAX = 64 << 20 };

struct client {
	CURL *curl;
	char *url;
	char why[CURL_ERROR_SIZE];
};

static uint64_t random_bits(void)
{
	uint64_t bits;

	/* The kernel's generator gives 8 bytes whole once it is seeded, which it is before any login. */
	if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits)
		mem_must(NULL);
	return bits;
}

static void set_credentials(CURL *curl, const struct client_options *options)
{
	if (options->token != NULL) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
		curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, options->token);
	} else if (options->login != NULL) {
		curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(curl, CURLOPT_USERNAME, options->login);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password);
	}
}

/* The URL without slashes at its end; NULL when it is none. */
static char *clean_url(const char *url)
{
	CURLU *parsed = curl_url();
	size_t n = strlen(url);
	bool good = curl_url_set(mem_must(parsed), CURLUPART_URL, url, 0) == CURLUE_OK &&
		    (strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0);

	curl_url_cleanup(parsed);
	while (n > 0 && url[n - 1] == '/')
		n--;
	return good ? mem_must(strndup(url, n)) : NULL;
}

/* A proxy of the environment is for what is elsewhere: it has a loopback of its own. */
static bool is_loopback(const char *url)
{
	CURLU *parsed = mem_must(curl_url());
	char *host = NULL;
	bool is = curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
		  curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
		  (strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
		   strcmp(host, "[::1]") == 0);

	curl_free(host);
	curl_url_cleanup(parsed);
	return is;
}

struct client *client_new(const struct client_options *options)
{
	struct client *client = mem_must(calloc(1, sizeof *client));

	client->url = clean_url(options->url);
	if (client->url == NULL) {
		free(client);
		return NULL;
	}
	client->curl = mem_must(curl_easy_init());
	curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(client->curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, client->why);
	curl_easy_setopt(client->curl, CURLOPT_USERAGENT, "cvnctl/" PACKAGE_VERSION);
	if (is_loopback(client->url))
		curl_easy_setopt(client->curl, CURLOPT_PROXY, "");
	set_credentials(client->curl, options);
	return client;
}

void client_free(struct client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	free(client->url);
	free(client);
}

const char *client_why(const struct client *client)
{
	return client->why;
}

const char *client_url(const struct client *client)
{
	return client->url;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *arg)
{
	struct reply *reply = arg;

	n *= size;
	if (n > (size_t)BODY_MAX - reply->n)
		return 0; /* which libcurl reports as a failed write */
	reply->body = mem_must(realloc(reply->body, reply->n + n + 1));
	memcpy(reply->body + reply->n, bytes, n);
	reply->n += n;
	reply->body[reply->n] = '\0';
	return n;
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
	if (value == NULL)
		return list;
	char *line = mem_printf("%s: %s", name, value);
	list = mem_must(curl_slist_append(list, line));
	free(line);
	return list;
}

static const char *answer_header(CURL *curl, const char *name)
{
	struct curl_header *header;

	return curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : NULL;
}

/* What the headers and the body of a whole answer say. */
static void read_answer(CURL *curl, struct reply *reply)
{
	const char *after = answer_header(curl, "Retry-After"), *id = answer_header(curl, "X-Request-Id");

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
	if (after != NULL && strtol(after, NULL, 10) > 0)
		reply->retry_after_s = strtol(after, NULL, 10);
	if (id != NULL)
		snprintf(reply->request_id, sizeof reply->request_id, "%s", id);
	if (reply->body == NULL)
		reply->body = mem_must(strdup(""));
	reply->json = json_tokener_parse(reply->body);
}

/* The text lives as long as the object; NULL without one. */
static const char *body_text(struct json_object *body)
{
	const char *text = json_object_to_json_string_ext(body, JSON_C_TO_STRING_PLAIN);

	if (text == NULL)
		mem_must(NULL);
	return body == NULL ? NULL : text;
}

/* The caller must free it with curl_slist_free_all(). */
static struct curl_slist *request_headers(const struct request *request, const char *request_id)
{
	struct curl_slist *headers = add_header(NULL, "X-Request-Id", request_id);

	headers = add_header(headers, "Accept", "application/json, application/problem+json");
	headers = add_header(headers, "If-Match", request->if_match);
	headers = add_header(headers, "If-None-Match", request->if_none_match);
	headers = add_header(headers, "Content-Type", request->body == NULL ? NULL : "application/json");
	return mem_must(curl_slist_append(headers, "Expect:")); /* which would cost a round trip */
}

/*
 * A write goes over a connection of its own: on one that was used before, libcurl would send it a second time
 * when the server hangs up without an answer.
 */
static void set_request(CURL *curl, const struct request *request)
{
	const char *body = body_text(request->body);

	curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	if (body != NULL)
		curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, strcmp(request->method, "GET") == 0 ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT,
			 request->timeout_s > 0 ? request->timeout_s : (long)TIMEOUT_S);
}

static bool has_sent(CURL *curl)
{
	long bytes = 0;

	return curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &bytes) == CURLE_OK && bytes > 0;
}

bool client_call(struct client *client, const struct request *request, struct reply *reply)
{
	CURL *curl = client->curl;
	char *url = mem_printf("%s%s", client->url, request->path);

	/* 1. An id of our own, so that a write whose answer is lost can be found again. */
	*reply = (struct reply){0};
	snprintf(reply->request_id, sizeof reply->request_id, "cvnctl-%016" PRIx64, random_bits());

	/* 2. The request. */
	struct curl_slist *headers = request_headers(request, reply->request_id);
	set_request(curl, request);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);

	/* 3. The answer. */
	client->why[0] = '\0';
	CURLcode code = curl_easy_perform(curl);
	reply->sent = has_sent(curl);
	if (code == CURLE_OK)
		read_answer(curl, reply);
	else if (client->why[0] == '\0')
		snprintf(client->why, sizeof client->why, "%s", curl_easy_strerror(code));
	curl_slist_free_all(headers);
	free(url);
	return code == CURLE_OK;
}

void client_reply_free(struct reply *reply)
{
	json_object_put(reply->json);
	free(reply->body);
	*reply = (struct reply){0};
}

void client_pause(struct client *client, unsigned ms)
{
	(void)client;
	unsigned long wait = ms / 2 + (unsigned long)(random_bits() % (ms / 2 + 1));
	struct timespec t = {.tv_sec = (time_t)(wait / 1000), .tv_nsec = (long)(wait % 1000) * 1000000};

	nanosleep(&t, NULL);
}
