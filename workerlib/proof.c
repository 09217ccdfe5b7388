#include "workerlib/proof.h"

#include <stddef.h>

#include "workerlib/cell.h"
#include "workerlib/core/payload.h"

const char proof_sql[] =
	"select pg_backend_pid(),"
	" exists (select from pg_listening_channels() c where c = '" PAYLOAD_CHANNEL
	"'), pg_is_in_recovery()";

enum column { PROCESS, LISTENS, STANDBY };

const char *proof_fails(const PGresult *result, int process)
{
	if (PQntuples(result) != 1)
		return "the check of LISTEN was not answered";
	if (cell_integer(result, 0, PROCESS) != process)
		return "a connection pool such as PgBouncer is between, which does not keep LISTEN:"
		       " give the address of the database itself";
	if (!cell_is_true(result, 0, LISTENS))
		return "the connection does not hold LISTEN";
	if (cell_is_true(result, 0, STANDBY))
		return "the server is a standby, which cannot LISTEN: give the address of the primary";
	return NULL;
}
