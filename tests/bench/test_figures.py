from __future__ import annotations

import pytest

from tests.bench.figures import Aim, Pair, Sample, speeds


def test_half_took_no_longer_than_the_median_and_all_but_a_hundredth_no_longer_than_the_slowest() -> None:
    sample = Sample([at / 1000 for at in range(1, 101)], wall=2)
    assert sample.p50 == pytest.approx(50.5)
    assert sample.p99 == pytest.approx(99.01)
    assert sample.per_second == 50


def test_what_was_measured_for_one_person_only_leaves_the_crowd_empty() -> None:
    alone = Sample([0.001, 0.003], wall=0.004)
    _heads, _units, both, one = speeds(
        [Pair("both", alone, Sample([0.5, 0.5], wall=0.5)), Pair("one", alone)], people=20
    )
    assert both.split() == ["both", "2.0", "3.0", "500.0", "500.0", "4.0"]
    assert one.split() == ["one", "2.0", "3.0"]


@pytest.mark.parametrize(("result", "said"), [(8.0, "met"), (8.1, "not met")])
def test_an_aim_is_met_up_to_its_limit(result: float, said: str) -> None:
    assert Aim("a turn", result, 8, "ms").line().endswith(f"aim: 8   {said}")
