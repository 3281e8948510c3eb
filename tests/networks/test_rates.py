from __future__ import annotations

from datetime import UTC, datetime

import pytest

from resonanz.core import clock
from resonanz.networks import rates
from resonanz.networks.rates import Buckets, Rate, retry_after


def test_bucket_empties_and_fills_with_time() -> None:
    moment = 100.0
    buckets = Buckets(Rate(2, 10.0), now=lambda: moment)
    assert [buckets.wait("a"), buckets.wait("a")] == [0.0, 0.0]
    assert buckets.wait("a") == pytest.approx(5.0)
    assert buckets.wait("b") == 0.0
    moment = 105.0
    assert buckets.wait("a") == 0.0
    assert buckets.wait("a") == pytest.approx(5.0)
    moment = 1_000.0
    assert [buckets.wait("a"), buckets.wait("a")] == [0.0, 0.0]
    assert buckets.wait("a") > 0


def test_bucket_forgets_the_least_used_key() -> None:
    buckets = Buckets(Rate(1, 10.0), now=lambda: 0.0, most_keys=2)
    for key in ("a", "b", "c"):
        buckets.wait(key)
    assert buckets.wait("c") > 0
    assert buckets.wait("a") == 0.0


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7), ("0", 1), ("999999", 86_400), ("-5", 30), ("", 30), ("9" * 5_000, 30), ("nan", 30)]
)
def test_retry_after_is_bounded(value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value}, default=30) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-03-01T12:00:40.123456Z", 40),
        ("1772366440", 40),
        ("345", 345),
        ("2026-03-01T11:00:00Z", 1),
        ("soon", 30),
        ("9" * 400, 30),
        ("", 30),
    ],
)
def test_reset_of_a_rate_limit_is_waited_for(value: str, seconds: float) -> None:
    with clock.moved_to(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        for header in ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"):
            assert retry_after({header: value}, default=30) == pytest.approx(seconds, abs=0.2)
        assert retry_after({"x-ratelimit-reset": value, "retry-after": "7"}, default=30) == 7


@pytest.mark.parametrize(
    ("headers", "percent"),
    [
        ({}, None),
        ({"x-ratelimit-remaining": "150", "x-ratelimit-limit": "300"}, 50),
        ({"ratelimit-remaining": "2999", "ratelimit-limit": "3000;w=300"}, 99),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-limit": "15"}, 0),
        ({"x-ratelimit-remaining": "75.0", "x-ratelimit-used": "25"}, 75),
        ({"x-ratelimit-remaining": "75"}, None),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-limit": "0"}, None),
        ({"x-ratelimit-remaining": "-7", "x-ratelimit-limit": "10"}, None),
        ({"x-ratelimit-remaining": "inf", "x-ratelimit-limit": "10"}, None),
        ({"x-ratelimit-remaining": "70", "x-ratelimit-limit": "10"}, 100),
        ({"x-app-usage": '{"call_count": 28, "total_time": 40, "total_cputime": 2}'}, 60),
        ({"x-app-usage": '{"call_count": 120}'}, 0),
    ],
)
def test_what_is_left_of_limits(headers: dict[str, str], percent: int | None) -> None:
    assert rates.left(headers) == percent
