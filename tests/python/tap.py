"""Runs the tests beside it, test_*.py, and prints TAP.  python3 tests/python/tap.py [NAME...]

CVN_STATE      the directory of a running stack
CVN_PREFIX     where the project is installed: the library, its header and the module are taken from there
"""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).parent


class Tap(unittest.TestResult):
    def _line(self, ok, test, comment=""):
        what = test.shortDescription() or str(test)
        print(f"{'ok' if ok else 'not ok'} {self.testsRun} - {what}{comment}", flush=True)

    def addSuccess(self, test):
        self._line(True, test)

    def addSkip(self, test, reason):
        self._line(True, test, f" # SKIP {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._failed(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        if not isinstance(test, unittest.TestCase):  # a class or module that could not be set up
            self.testsRun += 1
        self._failed(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._failed(subtest, (self.failures + self.errors)[-1][1])

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._failed(test, "passed, and was not expected to")

    def _failed(self, test, text):
        self._line(False, test)
        print("\n".join(f"# {line}" for line in text.splitlines()), flush=True)


def main(names):
    sys.path.insert(0, str(HERE))
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(names) if names else loader.discover(str(HERE))
    result = Tap()
    suite.run(result)
    print(f"1..{result.testsRun}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
