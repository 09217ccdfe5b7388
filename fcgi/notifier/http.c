#include "fcgi/notifier/http.h"

#include <string.h>
#include <strings.h>

static const char *const names[HTTP_HEADERS] = {
	[HTTP_HOST] = "Host",
	[HTTP_CONNECTION] = "Connection",
	[HTTP_CONTENT_LENGTH] = "Content-Length",
	[HTTP_TRANSFER_ENCODING] = "Transfer-Encoding",
	[HTTP_ACCEPT] = "Accept",
	[HTTP_AUTHORIZATION] = "Authorization",
	[HTTP_LAST_EVENT_ID] = "Last-Event-ID",
	[HTTP_REQUEST_ID] = "X-Request-Id",
	[HTTP_LOGIN] = "X-Cvn-Login",
	[HTTP_ENVIRONMENTS] = "X-Cvn-Environments",
	[HTTP_CREDENTIAL] = "X-Cvn-Credential",
};

bool http_is(struct http_slice s, const char *text)
{
	return s.at && s.n == strlen(text) && !memcmp(s.at, text, s.n);
}

static bool is_token(struct http_slice s)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	for (size_t i = 0; i < s.n; i++) {
		char c = s.at[i], lower = (char)(c | 0x20);
		if (!(c >= '0' && c <= '9') && !(lower >= 'a' && lower <= 'z') && (!c || !strchr(marks, c)))
			return false;
	}
	return s.n > 0;
}

/* No control byte but a tab, which stands for a blank. */
static bool is_value(struct http_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.at[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool is_target(struct http_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] <= 0x20 || s.at[i] == 0x7f)
			return false;
	return s.n > 0 && s.at[0] == '/';
}

static struct http_slice trimmed(const char *at, size_t n)
{
	while (n && (*at == ' ' || *at == '\t'))
		at++, n--;
	while (n && (at[n - 1] == ' ' || at[n - 1] == '\t'))
		n--;
	return (struct http_slice){at, n};
}

/* As a proxy is asked: who is asked for is behind us, so it is the path that counts. */
static struct http_slice origin_form(struct http_slice target)
{
	static const char scheme[] = "http://";
	const size_t n = sizeof(scheme) - 1;
	if (target.n < n || strncasecmp(target.at, scheme, n))
		return target;
	const char *path = memchr(target.at + n, '/', target.n - n);
	return path ? (struct http_slice){path, target.n - (size_t)(path - target.at)} : target;
}

/* method SP target SP HTTP/1.x */
static bool read_first(struct http_slice line, struct http_request *r)
{
	const char *end = line.at + line.n;
	const char *one = memchr(line.at, ' ', line.n);
	const char *two = one ? memchr(one + 1, ' ', (size_t)(end - one - 1)) : NULL;
	if (!two)
		return false;
	r->method = (struct http_slice){line.at, (size_t)(one - line.at)};
	r->target = origin_form((struct http_slice){one + 1, (size_t)(two - one - 1)});
	struct http_slice version = {two + 1, (size_t)(end - two - 1)};
	r->keep = http_is(version, "HTTP/1.1");
	return is_token(r->method) && is_target(r->target) && (r->keep || http_is(version, "HTTP/1.0"));
}

static bool read_header(struct http_slice line, struct http_request *r)
{
	const char *colon = memchr(line.at, ':', line.n);
	if (!colon)
		return false;
	struct http_slice name = {line.at, (size_t)(colon - line.at)};
	struct http_slice value = trimmed(colon + 1, line.n - name.n - 1);
	if (!is_token(name) || !is_value(value))
		return false;
	for (size_t i = 0; i < HTTP_HEADERS; i++) {
		if (strlen(names[i]) != name.n || strncasecmp(names[i], name.at, name.n))
			continue;
		if (r->headers[i].at)
			return false; /* which of the two would count? */
		r->headers[i] = value;
	}
	return true;
}

static bool says_close(struct http_slice connection)
{
	static const char word[] = "close";
	for (size_t i = 0; connection.at && i + sizeof(word) - 1 <= connection.n; i++)
		if (!strncasecmp(connection.at + i, word, sizeof(word) - 1))
			return true;
	return false;
}

/* What the headers mean for the connection. */
static bool judge(struct http_request *r)
{
	const struct http_slice *length = &r->headers[HTTP_CONTENT_LENGTH];
	for (size_t i = 0; i < length->n; i++)
		if (length->at[i] < '0' || length->at[i] > '9')
			return false;
	if (r->headers[HTTP_TRANSFER_ENCODING].at || (length->at && !length->n) ||
	    (r->keep && !r->headers[HTTP_HOST].at))
		return false;
	r->body = length->at && !http_is(*length, "0");
	r->keep = r->keep && !r->body && !says_close(r->headers[HTTP_CONNECTION]);
	return true;
}

enum http_outcome http_read(const char *bytes, size_t n, struct http_request *r)
{
	const char *at = bytes, *end = bytes + n;
	*r = (struct http_request){0};
	for (const char *feed; (feed = memchr(at, '\n', (size_t)(end - at))); at = feed + 1) {
		if (feed == at || feed[-1] != '\r')
			return HTTP_BAD;
		struct http_slice line = {at, (size_t)(feed - at) - 1};
		if ((size_t)(feed + 1 - bytes) > HTTP_HEAD_MAX)
			return HTTP_TOO_LONG;
		if (line.n && !(at == bytes ? read_first(line, r) : read_header(line, r)))
			return HTTP_BAD;
		if (!line.n && at != bytes) {
			r->head = (size_t)(feed + 1 - bytes);
			return judge(r) ? HTTP_WHOLE : HTTP_BAD;
		}
		if (!line.n)
			return HTTP_BAD;
	}
	return n >= HTTP_HEAD_MAX ? HTTP_TOO_LONG : HTTP_MORE;
}
