"""When a rung is left alone, and when it may try again."""

from chatrec.llm.breaker import Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_opens_after_failures_in_a_row_and_lets_one_try() -> None:
    clock = Clock()
    breaker = Breaker(3, 30, clock)
    for _ in range(2):
        assert breaker.enter()
        breaker.bad()
    assert breaker.enter()
    breaker.good()  # not in a row
    for _ in range(3):
        assert breaker.enter()
        breaker.bad()
    assert not breaker.lets
    assert not breaker.enter()
    clock.now += 30
    assert breaker.lets
    assert breaker.enter()  # one tries
    assert not breaker.enter()  # the others wait for it
    breaker.bad()
    clock.now += 29
    assert not breaker.enter()
    clock.now += 1
    assert breaker.enter()
    breaker.good()
    assert all(breaker.enter() for _ in range(5))


def test_a_try_that_tells_nothing_lets_another_try() -> None:
    clock = Clock()
    breaker = Breaker(1, 30, clock)
    breaker.enter()
    breaker.bad()
    clock.now += 31
    assert breaker.enter()
    breaker.leave()
    assert breaker.enter()


def test_retry_after_opens_at_once_but_not_longer_than_the_setting() -> None:
    clock = Clock()
    breaker = Breaker(3, 30, clock)
    breaker.enter()
    breaker.bad(retry_after=5)
    assert not breaker.lets
    clock.now += 5
    assert breaker.enter()
    breaker.bad(retry_after=3600)
    clock.now += 30
    assert breaker.lets


def test_off() -> None:
    breaker = Breaker(0, 30)
    for _ in range(50):
        assert breaker.enter()
        breaker.bad(retry_after=9)
