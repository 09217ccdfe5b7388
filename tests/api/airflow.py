"""Runs deploy/airflow/cvn_finetune.py with as little of Airflow as it needs, and prints what the operator was given.

    airflow.py FILE DAG_ID RUN_ID STATUS: {"tasks": [...], "operator": {...}, "path", "body", "verdict": true|false|"fail"}
"""

import importlib.util
import json
import re
import sys
import types

path, dag_id, run_id, status = sys.argv[1:]
order, operators, decorated = [], [], {}


class Task:
    def __init__(self, name):
        self.name = name

    def __rshift__(self, other):
        order.extend(name for name in (self.name, other.name) if name not in order)
        return other


class HttpOperator(Task):
    def __init__(self, **given):
        super().__init__(given["task_id"])
        self.given, self.output = given, "the hash"
        operators.append(given)


class AirflowFailException(Exception):
    pass


def dag(**given):
    decorated.update(given)
    return lambda function: function


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made


module("airflow")
module("airflow.decorators", dag=dag, task=lambda function: lambda *_: Task(function.__name__))
module("airflow.exceptions", AirflowFailException=AirflowFailException)
for name in ("airflow.providers", "airflow.providers.http", "airflow.providers.http.operators"):
    module(name)
module("airflow.providers.http.operators.http", HttpOperator=HttpOperator)

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("example", path)
spec.loader.exec_module(importlib.util.module_from_spec(spec))

(operator,) = operators
macros, params = decorated["user_defined_macros"], decorated["params"]
names = {**macros, "dag": types.SimpleNamespace(dag_id=dag_id), "run_id": run_id, "params": types.SimpleNamespace(**params)}


def render(template):
    return re.sub(r"\{\{(.*?)\}\}", lambda found: str(eval(found[1], {}, names)), template)


response = types.SimpleNamespace(status_code=int(status), text="refused", json=lambda: {"parameter_set_hash": "abc"})
try:
    verdict = operator["response_check"](response)
except AirflowFailException:
    verdict = "fail"
print(json.dumps({
    "tasks": order,
    "operator": {name: operator[name] for name in ("method", "deferrable", "headers")},
    "path": render(operator["endpoint"]),
    "body": render(operator["data"]),
    "verdict": verdict,
    "returns": operator["response_filter"](response),
}))
