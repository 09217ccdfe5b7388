"""The module says what the installed header says: structures, constants, functions, types."""

import ast
import ctypes
import pathlib
import re
import subprocess
import tempfile
import unittest

from stack import HEADER, LIBRARY, MODULE, cvnworker, pkg_config

ENUMS = {
    "CVN_E_": cvnworker.Code,
    "CVN_SECTION_": cvnworker.Section,
    "CVN_EVENT_": cvnworker.EventKind,
    "CVN_": cvnworker.State,
}
KINDS = ("BOOL", "INT", "DECIMAL", "STRING", "ENUM", "DURATION", "LIST")


def facts_of_the_module():
    """Everything about the C side that the module relies on: an expression in C, and its value."""
    facts = {}
    for name, structure in cvnworker._STRUCTURES.items():
        facts[f"sizeof({name})"] = ctypes.sizeof(structure)
        for member, _ in structure._fields_:
            field = getattr(structure, member)
            facts[f"offsetof({name}, {member})"] = field.offset
            facts[f"sizeof((({name} *)0)->{member})"] = field.size
    for prefix, constants in ENUMS.items():
        facts.update({f"{prefix}{c.name}": c.value for c in constants})
    facts.update({f"CVN_{kind}": getattr(cvnworker, kind).code for kind in KINDS})
    for enum in ("cvn_state", "cvn_section", "cvn_event_kind", "cvn_type"):
        facts[f"sizeof({enum})"] = ctypes.sizeof(ctypes.c_int)
    return facts


def facts_of_the_header(expressions):
    """The same expressions as the C compiler sees them through pkg-config."""
    lines = "".join(f'\tprintf("%lld\\n", (long long)({e}));\n' for e in expressions)
    source = f"#include <cvnworker.h>\n#include <stdio.h>\nint main(void)\n{{\n{lines}\treturn 0;\n}}\n"
    with tempfile.TemporaryDirectory() as directory:
        program = pathlib.Path(directory) / "facts"
        flags = pkg_config("--cflags").split()
        subprocess.run(["cc", *flags, "-x", "c", "-o", program, "-"], input=source, text=True, check=True)
        printed = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True).stdout
    return dict(zip(expressions, map(int, printed.split())))


class Layout(unittest.TestCase):
    maxDiff = None

    def test_facts(self):
        """python: structures and constants are those of the C header"""
        ours = facts_of_the_module()
        self.assertEqual(ours, facts_of_the_header(list(ours)))

    def test_constants_complete(self):
        """python: no constant of the C header is missing"""
        header = set(re.findall(r"^\s*(CVN_[A-Z_]+)\b(?: = \d+)?,?", HEADER.read_text(), re.M)) - {"CVN_OK"}
        known = {f"{prefix}{c.name}" for prefix, constants in ENUMS.items() for c in constants}
        inline = {f"CVN_SECTION_{s.name}" for s in cvnworker.Section}  # on one line in the header
        self.assertEqual(header | inline, known | {f"CVN_{kind}" for kind in KINDS})

    def test_functions(self):
        """python: every function of the library is declared, and no other"""
        symbols = subprocess.run(["nm", "-D", "--defined-only", LIBRARY], stdout=subprocess.PIPE, text=True, check=True).stdout
        exported = set(re.findall(r" T (cvn_\w+)", symbols))
        self.assertEqual(set(cvnworker._FUNCTIONS), exported)

    def test_annotated(self):
        """python: every function of the module is annotated in full"""
        bare = []
        for node in ast.walk(ast.parse(MODULE.read_text())):
            if isinstance(node, ast.FunctionDef):
                arguments = node.args.args + node.args.kwonlyargs + [a for a in (node.args.vararg, node.args.kwarg) if a]
                if node.returns is None or any(a.annotation is None and a.arg != "self" for a in arguments):
                    bare.append(f"{node.name}, line {node.lineno}")
        self.assertEqual(bare, [])

    def test_standard_library_only(self):
        """python: the module imports nothing but the standard library"""
        import sys

        names = set()
        for node in ast.walk(ast.parse(MODULE.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module.split(".")[0])
        self.assertLessEqual(names, set(sys.stdlib_module_names))
