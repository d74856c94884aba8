"""The standard kernel with numpy, in its best form: all streams that a round touches in one array operation.

A block of points is cut into rounds, so that no stream comes twice in a round. A round over all streams in order (a dense frame) works in
place. Same input, same lines and same event hash as standard.c.
"""
import sys
import time

import numpy as np

LANES = 16


def read_input(path):
    raw = open(path, "rb").read()
    streams, points, is_exact, _ = np.frombuffer(raw, "<u4", 4)
    lam, width, k, h, range_limit = np.frombuffer(raw, "<f8", 5, 16)
    at = 16 + 40
    columns = np.frombuffer(raw, "<f8", 6 * streams, at).reshape(6, streams)
    at += 48 * int(streams)
    ix = np.frombuffer(raw, "<u4", points, at).astype(np.intp)
    x = np.frombuffer(raw, "<f8", points, at + 4 * int(points))
    t = np.frombuffer(raw, "<f8", points, at + 12 * int(points))
    return int(streams), bool(is_exact), (lam, width, k, h, range_limit), columns, ix, x.copy(), t.copy()


STREAMS, IS_EXACT, (LAMBDA, WIDTH, K, H, RANGE), COLUMNS, IX, X, T = read_input(sys.argv[1])


def ewma_limits():
    rest, decay, found = 1 - LAMBDA, 1.0, [np.nan]
    while True:
        decay = decay * (rest * rest) if IS_EXACT else 0.0
        found.append(WIDTH * np.sqrt(LAMBDA / (2 - LAMBDA) * (1 - decay)))
        if 1 - decay == 1:
            return np.array(found)


# Sixteen run lengths a stream, as in lanes.ts: what a lane keeps, what it takes from another lane, what it adds, above what it signals.
CROSS = np.array([0, 1, 2, 11, 0, 14, 6, 7, 8, 9, 10, 3, 8, 15, 14, 15])


def lane_tables():
    own, other, step, longest = (np.zeros((51, LANES), np.uint8) for _ in range(4))
    longest[:] = 127
    for direction in range(3):
        for zone in range(-8, 9):
            row = direction * 17 + zone + 8

            def run(lane, limit, crossed=False):
                (other if crossed else own)[row, lane] = 255
                step[row, lane] = 1
                longest[row, lane] = limit

            for side, sign in ((0, 1), (8, -1)):
                level = zone * sign
                if level > 4:
                    run(side, 0 if level > 6 else 127)
                if level > 0:
                    run(side + 1, 8)
                if direction == (1 if sign > 0 else 2):
                    run(side + 2, 4)
                    run(side + 3, 12, True)
                run(side + 4, 2 if level > 4 else 127, level <= 4)
                run(side + 5, 4 if level > 2 else 127, level <= 2)
                if level > 2:
                    run(14 if sign > 0 else 15, 7)
            if abs(zone) > 2:
                run(7, 7)
            else:
                run(6, 14)
    return own, other, step, longest


LIMITS = ewma_limits()
OWN, OTHER, STEP, LONGEST = lane_tables()
CENTRE, INV = COLUMNS[0].copy(), 1 / COLUMNS[1]
SPEC_LOWER, SPEC_UPPER, LEAST, MOST = (COLUMNS[i].copy() for i in range(2, 6))


class State:
    def __init__(self):
        self.f = np.zeros((8, STREAMS))  # previous, newest, cusum up, cusum down, ewma, mean, squares, count
        self.f[0] = np.nan
        self.f[1] = -np.inf
        self.lanes = np.zeros((STREAMS, LANES), np.uint8)
        self.raw = np.zeros(STREAMS, np.uint32)
        self.hash = np.zeros(2, np.uint32)
        self.events = 0

    def add_events(self, streams, counts, bits):
        self.events += len(streams)
        s, n, b = streams.astype(np.uint32), counts.astype(np.uint32), bits.astype(np.uint32)
        m = (s + np.uint32(1)) * np.uint32(0x9E3779B1) ^ n * np.uint32(0x85EBCA77)
        m = (m ^ m >> np.uint32(15)) * np.uint32(0x2C1B3C6D) ^ b * np.uint32(0xC2B2AE3D)
        m = (m ^ m >> np.uint32(13)) * np.uint32(0x297A2D39)
        m ^= m >> np.uint32(16)
        o = (m ^ b) * np.uint32(0x9E3779B1) ^ s
        o ^= o >> np.uint32(15)
        self.hash += np.array([m.sum(dtype=np.uint32), o.sum(dtype=np.uint32)])


def signals_of(raw):
    rules = (raw ^ raw >> 8 ^ (raw >> 14 & 1) * 0xC0) & 0xFF
    return rules | raw >> 8 & 0x1F00 | raw >> 9 & 0x2000 | raw >> 10 & 0xC000


def refuse(state, rows, flag, bit):
    rises = rows[(state.raw[rows] & flag) == 0]
    state.raw[rows] |= np.uint32(flag)
    if len(rises):
        state.add_events(rises, state.f[7, rises], np.full(len(rises), bit))


def round_of(state, rows, x, t):
    """One point of each of the streams `rows`; None: of all of them, in order, and then in place."""
    dense = rows is None
    take = (lambda a: a) if dense else (lambda a: a[rows])
    good = (x >= take(LEAST)) & (x <= take(MOST))
    fresh = t >= (state.f[1] if dense else state.f[1, rows])
    both = good & fresh
    spared = None
    if not both.all():
        every = np.arange(STREAMS) if dense else rows
        refuse(state, every[~good], 1 << 24, 1 << 14)
        refuse(state, every[good & ~fresh], 1 << 25, 1 << 15)
        if dense:
            spared = np.flatnonzero(~both)
            kept = state.f[:, spared], state.lanes[spared], state.raw[spared]
            x = x.copy()
            x[spared] = CENTRE[spared]
        else:
            return round_of(state, rows[both], x[both], t[both])
    f = state.f if dense else np.take(state.f, rows, axis=1)
    previous, newest, up, down, ewma, mean, squares, count = f
    newest[:] = t
    count += 1
    off = x - mean
    mean += off / count
    off *= x - mean
    squares += off
    inv = take(INV)
    z = x - take(CENTRE)
    z *= inv
    change = x - previous
    previous[:] = x
    cut = np.clip(z, -4, 4)
    place = np.ceil(cut)
    place += np.floor(cut, out=cut)
    row = place.astype(np.int8)
    row += (change > 0).view(np.int8) * np.int8(17)
    row += (change < 0).view(np.int8) * np.int8(34)
    row = (row + np.int8(8)).astype(np.intp)
    lanes = state.lanes if dense else np.take(state.lanes, rows, axis=0)
    runs = np.take(OTHER, row, axis=0)
    runs &= np.take(lanes, CROSS, axis=1)
    runs |= lanes & np.take(OWN, row, axis=0)
    runs += np.take(STEP, row, axis=0)
    np.minimum(runs, 127, out=lanes)
    beyond = lanes > np.take(LONGEST, row, axis=0)
    raw = np.packbits(beyond.reshape(-1), bitorder="little").view(np.uint16).astype(np.uint32)
    ewma *= 1 - LAMBDA
    ewma += LAMBDA * z
    up += z - K
    np.maximum(up, 0, out=up)
    np.negative(z, out=z)
    z -= K
    down += z
    np.maximum(down, 0, out=down)
    limit = np.take(LIMITS, np.minimum(count, len(LIMITS) - 1).astype(np.intp))
    change *= inv
    for holds, bits in (
        (up > H, 1 << 16),
        (down > H, 1 << 17),
        (x > take(SPEC_UPPER), 1 << 18),
        (x < take(SPEC_LOWER), 1 << 19),
        (np.abs(ewma) > limit, 3 << 20),
        (np.abs(change) > RANGE, 3 << 22),
    ):
        if holds.any():
            raw[holds] |= np.uint32(bits)
    old = take(state.raw)
    changed = np.flatnonzero(raw != old)
    if spared is not None:
        changed = changed[~np.isin(changed, spared)]
    if len(changed):
        rises = signals_of(raw[changed]) & ~signals_of(old[changed])
        told = rises != 0
        at = changed[told]
        state.add_events(at if dense else rows[at], count[at], rises[told])
    if dense:
        state.raw[:] = raw
    else:
        state.f[:, rows] = f
        state.lanes[rows] = lanes
        state.raw[rows] = raw
    if spared is not None:
        state.f[:, spared], state.lanes[spared], state.raw[spared] = kept


def rounds(ix):
    """The points of a block in rounds: their ordinal within their stream says which."""
    order = np.argsort(ix, kind="stable")
    of = ix[order]
    starts = np.flatnonzero(np.r_[True, of[1:] != of[:-1]])
    rank = np.arange(len(of)) - np.repeat(starts, np.diff(np.r_[starts, len(of)]))
    by_rank = order[np.argsort(rank, kind="stable")]
    return np.split(by_rank, np.cumsum(np.bincount(rank))[:-1])


def run(block):
    state = State()
    every = np.arange(STREAMS)
    began = time.process_time_ns()
    for at in range(0, len(IX), block):
        ix, x, t = IX[at : at + block], X[at : at + block], T[at : at + block]
        if len(ix) == STREAMS and np.array_equal(ix, every):
            round_of(state, None, x, t)
            continue
        for points in rounds(ix):
            round_of(state, ix[points], x[points], t[points])
    return time.process_time_ns() - began, state.events, state.hash


np.seterr(all="ignore")
for line in sys.stdin:
    ns, events, (first, second) = run(int(line.split()[1]))
    print(ns, events, f"{first:08x}{second:08x}", flush=True)
