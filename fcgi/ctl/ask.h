#ifndef CVN_CTL_ASK_H
#define CVN_CTL_ASK_H
/*
 * A request whose only good answer is a JSON object: what else comes back is told here, once for all
 * commands.
 */
struct ctl;
struct reply;
struct request;

/*
 * CTL_DONE with a 2xx and its JSON in reply; CTL_REFUSED after printing the refusal; CTL_LINK after saying
 * why there was no answer. The caller must free the reply with client_reply_free() in any case.
 */
int ask_server(const struct ctl *, const struct request *, struct reply *);

/* The same, with nothing printed about a missing or refusing answer: for who will ask again. */
int ask_quietly(const struct ctl *, const struct request *, struct reply *);

/* Says why the last answer, which ask_quietly() judged so, was none. */
void ask_explain(const struct ctl *, const struct request *, const struct reply *, int judged);

/* Prints the answer's JSON as it came, on one line. */
void ask_print_json(const struct ctl *, const struct reply *);

#endif
