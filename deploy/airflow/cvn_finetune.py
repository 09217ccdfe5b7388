"""An example: the task freeze_param_set between validate_params and persist_run_start.

It pins the run to what the environment resolves to at that moment and hands on the hash of the parameter set, and
nothing else. PUT with an id of our own is safe to repeat: a retry, or a task that was cleared, finds the run that it
has made and returns the same hash. deferrable=False, since a triggerer that restarts would send the request again
where nobody waits for its answer.

The connection `cvn_config` is of type HTTP: its host is the console's address, and its extra is
{"Authorization": "Bearer TOKEN"} with the token of an editor of the environment.

The same from a shell, e.g. in a BashOperator, with the token in CVN_TOKEN and the address in CVN_URL:

    cvnctl run freeze "$RUN" finetune paper --factors "$FACTORS" --code-version "{\"git\":\"$GIT_COMMIT\"}"
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowFailException
from airflow.providers.http.operators.http import HttpOperator


def cvn_run_id(dag_id: str, run_id: str) -> str:
    """An id in the grammar of CVN Config, [A-Za-z0-9._-]{1,64}; another one for each DAG and run of Airflow.

    Airflow's own contain ':' and '+'. The digest keeps apart what is alike once these are gone.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{dag_id}.{run_id}")
    return plain[:47] + "-" + hashlib.sha256(f"{dag_id}\n{run_id}".encode()).hexdigest()[:16]


def body_of_freeze(environment: str, factors: dict) -> str:
    """Numbers are given as strings: no two readers of JSON agree on fractions."""
    return json.dumps(
        {
            "kind": "finetune",
            "environment": environment,
            "factors": {name: str(value) for name, value in factors.items()},
            "code_version": {"git": os.environ.get("GIT_COMMIT", "unknown")},
        }
    )


def is_frozen(response) -> bool:
    """What the server refuses (422, 409) it refuses again: no retry. What else goes wrong is tried again."""
    if 400 <= response.status_code < 500 and response.status_code != 429:
        raise AirflowFailException(response.text)
    return response.status_code in (200, 201)


def hash_of(response) -> str:
    return response.json()["parameter_set_hash"]


@dag(
    dag_id="cvn_finetune",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    params={"environment": "paper", "factors": {"CVN_ENTRY_THRESHOLD": "0.65"}},
    user_defined_macros={"cvn_run_id": cvn_run_id, "body_of_freeze": body_of_freeze},
    tags=["cvn"],
)
def cvn_finetune():
    @task
    def validate_params(params=None):
        if not isinstance(params["factors"], dict):
            raise AirflowFailException("factors must be an object")

    freeze_param_set = HttpOperator(
        task_id="freeze_param_set",
        http_conn_id="cvn_config",
        method="PUT",
        endpoint="/api/runs/{{ cvn_run_id(dag.dag_id, run_id) }}",
        data="{{ body_of_freeze(params.environment, params.factors) }}",
        headers={"Content-Type": "application/json"},
        # The hook raises for 4xx by itself, and the task would be retried: is_frozen decides.
        extra_options={"check_response": False, "timeout": 30},
        response_check=is_frozen,
        response_filter=hash_of,
        deferrable=False,
        retries=5,
        retry_delay=timedelta(seconds=2),
        retry_exponential_backoff=True,
    )

    @task
    def persist_run_start(parameter_set_hash: str):
        """The run is recorded with what it ran with: a row of finetune_runs has its hash since the freeze."""
        print(f"pinned to {parameter_set_hash}")

    validate_params() >> freeze_param_set >> persist_run_start(freeze_param_set.output)


cvn_finetune()
