"""
A keep-alive connection pool that decides: events go in, decisions come out, nothing is opened.

How it works. Each event (a request arrives, a connection is given back or has been opened, time
passes) is answered with the list of what the caller should now do. Time is an argument, and never
runs back. At one instant ends come before arrivals and expiry comes last: a connection that was
idle for exactly its timeout is still reused. Times nearer than a nanosecond are one instant.

Idle connections stand in two orders: by host, as they will be taken, and over all hosts by time of
release, in which timeouts pass. Who waits, and whose turn is next, `waiting_requests` knows. An
event costs O(log k).

Source: RFC 9112 sections 9.3 to 9.6 leave all of this to the client; the rules are those of the
clients that `pool_presets` names.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import MutableMapping
from math import inf
from operator import attrgetter

from httpheaders.errors import PoolError
from httpheaders.idle_connections import (
    BUSY,
    CLOSED,
    DEAD,
    DIALING,
    IDLE,
    Ages,
    ByPlace,
    ByRelease,
    Connection,
    IdleConnections,
    IdleOrder,
)
from httpheaders.pool_decisions import (
    DROPPED,
    HOST_FORGOTTEN,
    IDLE_LIMIT,
    IDLE_TOTAL_LIMIT,
    INSTANT,
    LIFETIME,
    LIFETIME_IN_USE,
    MADE_ROOM,
    REQUEST_LIMIT,
    Assigned,
    Closed,
    Decision,
    Dialing,
    Opened,
    Queued,
    Refused,
)
from httpheaders.pool_hosts import Host, Waiter
from httpheaders.pool_parameters import PoolParameters, check_parameters, derived_rules
from httpheaders.waiting_requests import WaitingRequests

__all__ = [
    "Assigned",
    "Closed",
    "Decision",
    "Dialing",
    "Opened",
    "Pool",
    "Queued",
    "Refused",
]


_place = attrgetter("place")


class Pool:
    """
    Decide for every event what happens to connections and requests.

    Args:
        parameters: the rules.

    Raises:
        PolicyError: the parameters cannot be followed.

    >>> pool = Pool(PoolParameters(max_per_host=1, idle_timeout=5))
    >>> pool.request("r1", "a.example", now=0)
    [Opened(connection=1, host='a.example', at=0), Assigned(request='r1', connection=1, \
host='a.example', reused=False, idle=0, waited=0)]
    >>> pool.request("r2", "a.example", now=1)
    [Queued(request='r2', host='a.example')]
    >>> pool.release(1, now=2)
    [Assigned(request='r2', connection=1, host='a.example', reused=True, idle=0, waited=1)]
    """

    def __init__(self, parameters: PoolParameters | None = None) -> None:
        self.parameters = rules = check_parameters(parameters or PoolParameters())
        self._rules = rules
        self._now = -inf
        self._decisions: list[Decision] = []
        self._connections: dict[int, Connection] = {}
        self._last_serial = 0
        self._hosts: MutableMapping[str, Host] = {} if rules.max_hosts is None else OrderedDict()
        self._open = 0
        self._busy = 0
        # The hosts of connections that were closed while requests wait.
        self._freed: list[Host] = []
        derived = derived_rules(rules)
        self._timeout, self._timeout_reason = derived.timeout, derived.timeout_reason
        self._sweeps, self._loses = derived.sweeps, derived.loses
        self._binds_late, self._keeps_place = derived.binds_late, derived.keeps_place
        self._idle_cap, self._idle_total_cap = derived.idle_cap, derived.idle_total_cap
        self._idle = IdleConnections(by_age=self._sweeps or rules.full_evicts == "created")
        self._waiting = WaitingRequests(rules.wait_timeout)

    # -- events

    def request(self, request: object, host: str, *, now: float) -> list[Decision]:
        """
        Decide which connection a new request gets, if any.

        Args:
            request: any value; decisions about the request carry it.
            host: the host, or the origin, that it is for.
            now: seconds on any clock.

        Raises:
            PoolError: time runs back.
        """
        self._begin(now)
        known = self._host(host)
        if self._sweeps:
            self._sweep()
        waiter = self._waiting.new(request, known, self._now)
        if known.ages is not None:
            self._retire_slots(known, known.ages)
        connection = self._take(known)
        if connection is not None:
            self._use(connection, waiter)
        elif self._make_room(known) or self._rules.on_full == "discard":
            if self._binds_late:
                self._enqueue(waiter)
            self._open_for(waiter)
        else:
            self._when_full(waiter)
        self._serve_freed()
        return self._decisions

    def release(self, connection: int, *, now: float, reusable: bool = True) -> list[Decision]:
        """
        Decide what becomes of a connection whose request has ended.

        Args:
            connection: its number.
            now: seconds on the same clock.
            reusable: False when the response or an error ended the connection.

        Raises:
            PoolError: no such connection is in use, or time runs back.
        """
        freed = self._in_state(connection, BUSY, "release")
        self._begin(now)
        host = self._leave(freed)
        freed.released_at = now
        limit = self._rules.max_requests
        if freed.retired:
            self._close(freed, LIFETIME_IN_USE)
        elif not reusable or (limit is not None and freed.requests >= limit):
            self._end(freed, REQUEST_LIMIT)
        else:
            self._make_idle(freed)
        self._settle(freed, host)
        return self._decisions

    def connected(self, connection: int, *, now: float) -> list[Decision]:
        """
        Decide what becomes of a connection that has just been opened.

        Raises:
            PoolError: no such connection is being opened, or time runs back.
        """
        opened = self._in_state(connection, DIALING, "connect")
        self._begin(now)
        host = self._leave(opened)
        opened.opened_at = opened.released_at = now
        self._note_opened(opened)
        waiter = opened.asked_by
        opened.asked_by = None
        if not self._binds_late:
            self._assign(opened, waiter)
        elif not waiter.done:
            self._waiting.remove(waiter)
            self._assign(opened, waiter)
        else:
            self._make_idle(opened)
            self._settle(opened, host)
        return self._decisions

    def dropped(self, connection: int, *, now: float) -> list[Decision]:
        """
        Take note that an idle connection was closed from outside, if it had not expired before.

        Raises:
            PoolError: no such connection is idle, or time runs back.
        """
        lost = self._in_state(connection, IDLE, "drop")
        self._begin(now)
        if lost.state == IDLE:
            self._forget_idle(lost)
            self._close(lost, DROPPED)
            self._serve_freed()
        return self._decisions

    def advance(self, *, now: float) -> list[Decision]:
        """
        Let time pass: close what has expired, refuse what has waited too long.

        Call it at `next_timer`, after everything else that happens at that instant.

        Raises:
            PoolError: time runs back.
        """
        self._begin(now)
        if self._sweeps:
            self._sweep()
        self._time_out(now + INSTANT)
        if self._waiting.requests and not self._sweeps:
            self._expire(now + INSTANT)
        self._serve_freed()
        return self._decisions

    def expired(self, *, now: float) -> list[Decision]:
        """
        Close what has expired before now; what the client closes only when next asked stays.

        Raises:
            PoolError: time runs back.
        """
        self._begin(now)
        return self._decisions

    def abandon(self, *, now: float) -> list[Decision]:
        """
        Refuse every request that still waits, when nothing more will happen that could serve it.

        Raises:
            PoolError: time runs back.
        """
        self._begin(now)
        for waiter in list(self._waiting.requests.values()):
            self._waiting.remove(waiter)
            self._refuse(waiter, "no connection ever comes free for it")
        return self._decisions

    @property
    def next_timer(self) -> float | None:
        """When `advance` would next change something for a waiting request; None: not by itself."""
        if not self._waiting.requests:
            return None
        deadline = self._waiting.next_deadline()
        oldest = self._idle.oldest() if self._rules.max_total is not None else None
        if oldest is None or self._timeout == inf or self._sweeps:
            return deadline
        expiry: float = oldest.released_at + self._timeout
        return expiry if deadline is None else min(deadline, expiry)

    # -- what a caller may look at

    @property
    def now(self) -> float:
        """The time of the last event."""
        return self._now

    @property
    def open_count(self) -> int:
        """Connections that are open or being opened."""
        return self._open

    @property
    def busy_count(self) -> int:
        """Connections in use or being opened."""
        return self._busy

    @property
    def idle_count(self) -> int:
        """Connections that wait for a request."""
        return len(self._idle)

    @property
    def waiting_count(self) -> int:
        """Requests that wait."""
        return len(self._waiting.requests)

    def idle_seconds(self) -> float:
        """Give for how long the idle connections have been so, all together."""
        now, idle = self._now, self._idle.connections
        return sum(now - connection.released_at for connection in idle.values())

    def idle_connections(self) -> list[int]:
        """Give the numbers of the idle connections, the one idle longest first."""
        return list(self._idle.connections)

    # -- time

    def _begin(self, now: float) -> None:
        if not now >= self._now - INSTANT:
            raise PoolError(f"time runs back from {self._now!r} to {now!r}")
        self._now = max(now, self._now)
        self._decisions = []
        if self._timeout < inf and not self._sweeps:
            self._expire(now - INSTANT)
            self._serve_freed()
        if self._waiting.deadlines:
            self._time_out(now - INSTANT)

    def _expire(self, before: float) -> None:
        idle = self._idle
        while (connection := idle.oldest()) is not None:
            expiry = connection.released_at + self._timeout
            if expiry >= before:
                return
            idle.remove(connection)
            if not self._keeps_place:
                connection.host.idle.remove(connection)
            self._close(connection, self._timeout_reason, at=expiry, keeps_place=self._keeps_place)

    def _time_out(self, before: float) -> None:
        for waiter in self._waiting.timed_out(before):
            limit = self._rules.wait_timeout
            self._refuse(waiter, f"waited longer than {limit} s for a connection")

    # -- requests

    def _host(self, name: str) -> Host:
        hosts = self._hosts
        host = hosts.get(name)
        if host is None:
            host = hosts[name] = Host(name, self._new_order())
            if self._rules.max_lifetime is not None and self._rules.order == "slot":
                host.ages = Ages()
            if self._rules.max_hosts is not None and len(hosts) > self._rules.max_hosts:
                self._forget_host(hosts.pop(next(iter(hosts))))
        elif isinstance(hosts, OrderedDict):
            hosts.move_to_end(name)
        return host

    def _new_order(self) -> IdleOrder:
        order = self._rules.order
        if order in ("created", "slot"):
            return ByPlace(_place)
        return ByRelease(newest_first=order == "lifo")

    def _forget_host(self, host: Host) -> None:
        host.forgotten = True
        while (connection := host.idle.take()) is not None:
            if connection.state == IDLE:
                self._idle.remove(connection)
                self._close(connection, HOST_FORGOTTEN)

    def _when_full(self, waiter: Waiter) -> None:
        if self._rules.on_full == "error":
            self._refuse(waiter, "every connection is in use")
        else:
            self._enqueue(waiter)
            self._waiting.ask_to_open(waiter)

    def _refuse(self, waiter: Waiter, reason: str) -> None:
        self._decisions.append(Refused(waiter.request, waiter.host.name, reason))

    def _enqueue(self, waiter: Waiter) -> None:
        self._waiting.add(waiter, self._now)
        self._decisions.append(Queued(waiter.request, waiter.host.name))

    # -- connections

    def _in_state(self, serial: int, state: int, event: str) -> Connection:
        connection = self._connections.get(serial)
        if connection is None or connection.state != state:
            was = "is not open" if connection is None else _STATES[connection.state]
            raise PoolError(f"cannot {event} connection {serial!r}: it {was}")
        return connection

    def _leave(self, connection: Connection) -> Host:
        host: Host = connection.host
        host.busy -= 1
        self._busy -= 1
        return host

    def _has_room(self, host: Host) -> bool:
        return self._has_room_at(host) and self._has_room_in_total()

    def _has_room_at(self, host: Host) -> bool:
        limit = self._rules.max_per_host
        if limit is None:
            return True
        return (host.open if self._rules.limit_scope == "open" else host.busy) < limit

    def _has_room_in_total(self) -> bool:
        limit = self._rules.max_total
        if limit is None:
            return True
        return (self._open if self._rules.limit_scope == "open" else self._busy) < limit

    def _make_room(self, host: Host) -> bool:
        if self._has_room(host):
            return True
        evicts = self._rules.full_evicts
        if evicts is None or self._rules.limit_scope == "busy" or not self._has_room_at(host):
            return False
        victim = self._idle.oldest() if evicts == "oldest" else self._idle.first_opened()
        if victim is None:
            return False
        self._forget_idle(victim)
        # What is closed at the moment of its release never was idle for its client.
        at_release = victim.released_at >= self._now - INSTANT and bool(self._waiting.requests)
        self._close(victim, IDLE_LIMIT if at_release else MADE_ROOM)
        return True

    def _take(self, host: Host) -> Connection | None:
        while (connection := host.idle.take()) is not None:
            if connection.state == DEAD:
                if self._has_room_in_total():
                    return connection
                host.idle.add(connection)
                return None
            self._idle.remove(connection)
            if not self._is_too_old(connection):
                return connection
            self._close(connection, LIFETIME)
        return None

    def _is_too_old(self, connection: Connection) -> bool:
        limit = self._rules.max_lifetime
        return limit is not None and self._now - connection.opened_at > limit + INSTANT

    def _retire_slots(self, host: Host, ages: Ages) -> None:
        """Give up, as undici does, every too old slot up to the first free one that is not."""
        slots = host.idle
        assert isinstance(slots, ByPlace)
        while (free := slots.first()) is not None and self._is_too_old(free):
            slots.remove(free)
            if free.state == IDLE:
                self._idle.remove(free)
                self._close(free, LIFETIME)
        below = inf if free is None else free.place
        for connection in ages.take_too_old(self._is_too_old, below=below):
            connection.retired = True

    def _use(self, connection: Connection, waiter: Waiter) -> None:
        if connection.state == DEAD:
            self._open_for(waiter, place=connection.place)
        else:
            self._assign(connection, waiter)

    def _assign(self, connection: Connection, waiter: Waiter) -> None:
        host = waiter.host
        connection.state = BUSY
        connection.requests += 1
        host.busy += 1
        self._busy += 1
        now = self._now
        self._decisions.append(
            Assigned(
                waiter.request,
                connection.serial,
                host.name,
                connection.requests > 1,
                now - connection.released_at,
                now - waiter.since,
            )
        )

    def _open_for(self, waiter: Waiter, *, place: int | None = None) -> None:
        host = waiter.host
        self._last_serial += 1
        connection = Connection(self._last_serial, self._last_serial, host, self._now)
        if self._rules.order == "slot":
            if place is None:
                host.next_place += 1
                place = host.next_place
            connection.place = place
        self._connections[connection.serial] = connection
        host.open += 1
        self._open += 1
        if self._rules.connect_time:
            self._dial(connection, waiter)
            return
        self._note_opened(connection)
        self._assign(connection, waiter)

    def _note_opened(self, connection: Connection) -> None:
        host: Host = connection.host
        self._decisions.append(Opened(connection.serial, host.name, self._now))
        if host.ages is not None:
            host.ages.add(connection)

    def _dial(self, connection: Connection, waiter: Waiter) -> None:
        host = waiter.host
        connection.state = DIALING
        connection.asked_by = waiter
        host.busy += 1
        self._busy += 1
        self._decisions.append(Dialing(connection.serial, host.name, waiter.request))

    def _make_idle(self, connection: Connection) -> None:
        connection.state = IDLE
        self._idle.add(connection)
        connection.host.idle.add(connection)

    def _forget_idle(self, connection: Connection) -> None:
        self._idle.remove(connection)
        connection.host.idle.remove(connection)

    def _close(
        self,
        connection: Connection,
        reason: str,
        *,
        at: float | None = None,
        keeps_place: bool = False,
    ) -> None:
        connection.state = DEAD if keeps_place else CLOSED
        host = connection.host
        host.open -= 1
        self._open -= 1
        del self._connections[connection.serial]
        if self._waiting.requests:
            self._freed.append(host)
        moment = self._now if at is None else at
        idle = moment - connection.released_at
        self._decisions.append(
            Closed(connection.serial, host.name, reason, moment, connection.requests, idle)
        )

    def _end(self, connection: Connection, reason: str) -> None:
        """Close what the server ended in use; some clients put even that back in its place."""
        host = connection.host
        if not self._keeps_place or host.forgotten:
            self._close(connection, reason)
        elif self._is_full_of_idle(host) and host.first_waiting() is None:
            self._close(connection, IDLE_LIMIT)
        else:
            self._close(connection, reason, keeps_place=True)
            host.idle.add(connection)

    def _is_full_of_idle(self, host: Host) -> bool:
        return self._idle_cap is not None and len(host.idle) >= self._idle_cap

    # -- after a connection came free

    def _settle(self, connection: Connection, host: Host) -> None:
        if self._sweeps:
            self._sweep()
        if self._waiting.requests:
            self._serve(host)
        if connection.state == IDLE:
            self._apply_idle_caps(connection, host)
        self._serve_freed()

    def _apply_idle_caps(self, connection: Connection, host: Host) -> None:
        if host.forgotten:
            self._forget_idle(connection)
            self._close(connection, HOST_FORGOTTEN)
        elif self._idle_cap is not None and len(host.idle) > self._idle_cap:
            self._forget_idle(connection)
            self._close(connection, IDLE_LIMIT)
        elif self._idle_total_cap is not None and len(self._idle) > self._idle_total_cap:
            if self._rules.max_idle_total is None:
                self._forget_idle(connection)
                self._close(connection, IDLE_LIMIT)
                return
            oldest = self._idle.oldest()
            assert oldest is not None
            self._forget_idle(oldest)
            self._close(oldest, IDLE_TOTAL_LIMIT)

    def _sweep(self) -> None:
        """Close, as httpcore does, the expired and, oldest connection first, the surplus."""
        limit = self._rules.max_idle_total
        assert limit is not None
        while (connection := self._idle.first_opened()) is not None:
            if self._has_expired(connection):
                reason = self._timeout_reason
            elif self._open > limit:
                just_released = connection.released_at >= self._now - INSTANT
                reason = IDLE_LIMIT if just_released else IDLE_TOTAL_LIMIT
            else:
                break
            self._forget_idle(connection)
            self._close(connection, reason)
        while (oldest := self._idle.oldest()) is not None and self._has_expired(oldest):
            self._forget_idle(oldest)
            self._close(oldest, self._timeout_reason)

    def _has_expired(self, connection: Connection) -> bool:
        return self._now - connection.released_at > self._timeout + INSTANT

    def _serve_freed(self) -> None:
        """Serve who waits for the room that closings made."""
        while self._freed:
            freed, self._freed = self._freed, []
            for host in freed:
                self._serve(host)

    def _serve(self, host: Host) -> None:
        if not self._waiting.requests:
            return
        if self._loses:
            self._serve_and_lose()
            return
        if self._rules.full_evicts is None or self._rules.late_binding:
            self._serve_host(host)
        if self._rules.max_total is not None or self._rules.full_evicts is not None:
            self._waiting.note_head(host)
            self._serve_all()

    def _serve_host(self, host: Host) -> None:
        below = self._rules.limit_scope == "open" or self._has_room(host)
        while below and (waiter := host.first_waiting()) is not None:
            connection = self._take(host)
            if connection is None:
                break
            self._waiting.remove(waiter)
            self._use(connection, waiter)
            below = self._rules.limit_scope == "open" or self._has_room(host)
        while (waiter := host.first_to_dial()) is not None and self._make_room(host):
            self._start(waiter)

    def _start(self, waiter: Waiter) -> None:
        waiter.host.to_dial.popleft()
        if not self._binds_late:
            self._waiting.remove(waiter)
        self._open_for(waiter)

    def _serve_all(self) -> None:
        while (host := self._waiting.first_host()) is not None:
            first = host.first_to_dial()
            self._serve_one(host)
            if host.first_to_dial() is not first:
                continue
            if self._has_room_at(host):
                return
            # Only a connection of its own can help this host: it comes back with that.
            self._waiting.drop_head()

    def _serve_one(self, host: Host) -> None:
        waiter = host.first_waiting()
        assert waiter is not None
        connection = None
        if self._rules.limit_scope == "open" or self._has_room(host):
            connection = self._take(host)
        if connection is not None:
            self._waiting.remove(waiter)
            self._use(connection, waiter)
        elif (first := host.first_to_dial()) is not None and self._make_room(host):
            self._start(first)

    def _serve_and_lose(self) -> None:
        """
        Run httpcore's pass over the queue until nothing changes.

        The pass gives one idle connection to every request waiting for its host, and closes it when
        a request for another host needs the room: then all of them queue again, in their old places
        but with their wait beginning afresh.
        """
        while (first := self._waiting.first_host()) is not None:
            idle = self._idle.first_opened()
            other = first if idle is None else self._waiting.first_host_but(idle.host)
            if other is None:
                self._hand_over(first)
            elif self._make_room(other):
                waiter = other.first_to_dial()
                assert waiter is not None
                if idle is not None and idle.state == CLOSED:
                    self._waiting.begin_afresh(idle.host, before=waiter.number, now=self._now)
                self._start(waiter)
            else:
                return

    def _hand_over(self, host: Host) -> None:
        connection, waiter = self._take(host), host.first_waiting()
        if connection is None or waiter is None:
            return  # it was too old, and made room
        self._waiting.remove(waiter)
        self._use(connection, waiter)
        self._waiting.begin_afresh(host, before=None, now=self._now)


_STATES = {
    DIALING: "is still being opened",
    BUSY: "is in use",
    IDLE: "is idle",
    DEAD: "is closed",
    CLOSED: "is closed",
}
