"""For pytest: what was skipped is an error where everything should be there (CI=true); the option --peers.

Loaded with `-p resonanz.ops.pytest_plugin`; `resonanz test` does so.
"""

from __future__ import annotations

import os

import pytest

_skipped: list[str] = []


def _forbids_skips() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare --peers, which tests/peers/conftest.py reads."""
    parser.addoption("--peers", action="store_true", help="also tests against servers that others wrote")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that was skipped; an expected failure is not one."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note a module that was skipped as a whole."""
    if report.skipped:
        _skipped.append(report.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why the run fails though no test did."""
    if _skipped and _forbids_skips():
        terminalreporter.write_line(f"CI=true: {len(_skipped)} skipped, which counts as failed.", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run that succeeded but skipped something."""
    if _skipped and _forbids_skips() and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
