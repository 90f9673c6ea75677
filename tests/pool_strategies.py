"""Random traffic and random rules for the tests of the connection pool."""

from __future__ import annotations

from hypothesis import strategies as st

from httpheaders.pool_parameters import PoolParameters

# Quarters of a second add up exactly in binary, so that events do coincide.
quarters = st.integers(0, 24).map(lambda n: n / 4)


@st.composite
def traces(draw, hosts=3, most=40):
    """Requests in order of arrival."""
    names = [f"h{number}.example" for number in range(draw(st.integers(1, hosts)))]
    steps = draw(st.lists(st.tuples(quarters, st.sampled_from(names), quarters), min_size=1,
                          max_size=most))  # fmt: skip
    rows, t = [], 0.0
    for step, host, duration in steps:
        t += step / 3 if draw(st.booleans()) else step
        t = round(t * 4) / 4
        rows.append((t, host, duration))
    return rows


def maybe(strategy):
    return st.none() | strategy


def parameters_of(**choices):
    """Rules of which these are chosen and the others are as they stand."""
    return st.fixed_dictionaries(choices).map(lambda chosen: PoolParameters(**chosen))


caps = maybe(st.integers(1, 4))
idle_caps = maybe(st.integers(0, 4))
timeouts = maybe(st.sampled_from([0, 0.5, 1, 2, 5]))

rules = parameters_of(
    max_per_host=caps,
    max_total=caps,
    limit_scope=st.sampled_from(["open", "busy"]),
    max_idle_per_host=idle_caps,
    max_idle_total=idle_caps,
    idle_total_policy=st.sampled_from(["oldest", "sweep"]),
    idle_timeout=timeouts,
    server_timeout=timeouts,
    max_requests=maybe(st.integers(1, 4)),
    max_lifetime=timeouts,
    order=st.sampled_from(["lifo", "fifo", "created", "slot"]),
    on_full=st.sampled_from(["wait", "discard", "error"]),
    wait_timeout=timeouts,
    full_evicts=st.sampled_from([None, "oldest", "created"]),
    max_hosts=maybe(st.integers(1, 3)),
    dead_slots=st.booleans(),
    late_binding=st.booleans(),
    connect_time=st.sampled_from([0.0, 0.0, 0.25, 1.0]),
)

plain_rules = parameters_of(
    max_per_host=caps,
    max_idle_per_host=idle_caps,
    idle_timeout=timeouts,
    server_timeout=timeouts,
    order=st.sampled_from(["lifo", "fifo"]),
    on_full=st.just("discard"),
)
