"""The compiled loops over classes: sensitive values in each class, and what its labels stand for.

Histograms are compressed rows: class ``c`` has the pairs ``starts[c]:starts[c + 1]``. Products of
counts are taken in 64 bits: a count is below 2^31, so ``f·n − s·T`` and its sums fit.

Every function here has a NumPy twin of the same name in ``class_fallback.py``.
"""
# mypy: ignore-errors

from __future__ import annotations

import numpy as np
from numba import njit

_FEW = 24  # pairs that are sorted by insertion
_WHOLE = 9e18  # whole numbers below it fit 64 bits


@njit(cache=True, nogil=True)
def totals(values, counts, out):
    """Records of each value over all classes."""
    for pair in range(values.size):
        out[values[pair]] += counts[pair]


@njit(cache=True, nogil=True)
def profile(starts, values, counts, table, rows, inverse, ceiling, missing, logs, whole, real, beyond):
    """Everything that the sensitive values of each class say, but for distances along an order or a tree.

    ``table`` are the records of each value in the whole table, ``inverse`` their inverses,
    ``ceiling`` the share above which enhanced β fails, ``logs`` the products x·ln x of small x.
    ``whole`` has the rows size, missing, largest, Σ max(0, f·n − s·T); ``real`` the rows
    Σ f·ln f, largest p/q, smallest p/q of a value that is there, and the infimum of c for l = 2, 3, 4.
    """
    known = logs.size
    for c in range(starts.size - 1):
        size = np.int64(0)
        for pair in range(starts[c], starts[c + 1]):
            size += counts[pair]
        first = second = third = absent = over = np.int64(0)
        log_sum = 0.0
        most = 0.0
        least = np.inf
        most_at = least_at = starts[c]
        exceeds = False
        for pair in range(starts[c], starts[c + 1]):
            value = values[pair]
            count = np.int64(counts[pair])
            log_sum += logs[count] if count < known else count * np.log(np.float64(count))
            if value == missing:
                absent = count
            rest = min(first, count)  # no branches: nothing here can be foretold
            first = max(first, count)
            third = max(third, min(second, rest))
            second = max(second, rest)
            over += max(count * rows - size * table[value], 0)
            ratio = count * inverse[value]
            if ratio > most:
                most = ratio
                most_at = pair
            if ratio < least:
                least = ratio
                least_at = pair
            exceeds |= count > size * ceiling[value]
        whole[0, c] = size
        whole[1, c] = absent
        whole[2, c] = first
        whole[3, c] = over
        real[0, c] = log_sum
        real[1, c] = _ratio(values, counts, table, rows, size, most_at)
        real[2, c] = _ratio(values, counts, table, rows, size, least_at)
        tail = size - first
        real[3, c] = first / tail if tail else np.inf
        tail -= second
        real[4, c] = first / tail if tail else np.inf
        tail -= third
        real[5, c] = first / tail if tail else np.inf
        beyond[c] = exceeds


@njit(cache=True, nogil=True)
def _ratio(values, counts, table, rows, size, pair):
    """p/q of one value; exactly 1 where the shares are equal."""
    expected = size * table[values[pair]]
    return 1.0 + (counts[pair] * rows - expected) / expected


@njit(cache=True, nogil=True)
def recursive(starts, values, counts, length, skip, out):
    """Infimum of c for one l: largest count over the sum from the l-th on; ``skip`` is a value left out."""
    top = np.empty(length, dtype=np.int64)
    for c in range(starts.size - 1):
        top[:] = 0
        tail = np.int64(0)
        for pair in range(starts[c], starts[c + 1]):
            if values[pair] == skip:
                continue
            count = np.int64(counts[pair])
            tail += count
            if count <= top[length - 1]:
                continue
            place = length - 1
            while place and top[place - 1] < count:
                top[place] = top[place - 1]
                place -= 1
            top[place] = count
        for place in range(length - 1):
            tail -= top[place]
        out[c] = top[0] / tail if tail else np.inf


@njit(cache=True, nogil=True)
def ordered(starts, values, counts, rank, cumulated, prefix, absent, rows, out):
    """Distance along an order: Σ |cumulated p − q| / (m − 1) of the known values; see ``closeness``.

    ``rank`` of a value, -1 for missing; ``cumulated`` records up to each rank, ``prefix`` their sums
    up to and without a rank; ``absent`` records whose value is missing, of ``rows``.
    """
    ranks = cumulated.size
    known = rows - absent
    fits = np.float64(rows) * np.float64(rows) * ranks < _WHOLE
    tally = np.zeros(max(ranks, 1), dtype=np.int64)
    place = np.empty(max(ranks, 1), dtype=np.int64)
    for c in range(starts.size - 1):
        size = np.int64(0)
        lost = np.int64(0)
        used = np.int64(0)  # a plain 0 would have what is called below compiled for 0 and for every other number
        for pair in range(starts[c], starts[c + 1]):
            count = np.int64(counts[pair])
            at = rank[values[pair]]
            size += count
            if at < 0:
                lost += count
                continue
            if tally[at] == 0:
                place[used] = at
                used += 1
            tally[at] += count
        here = size - lost
        distance = 0.0
        if ranks > 1 and here:
            if used * 8 >= ranks:
                seen = np.int64(0)
                if fits:
                    whole = np.int64(0)
                    for at in range(ranks - 1):
                        seen += tally[at]
                        whole += abs(seen * known - here * cumulated[at])
                    distance = np.float64(whole)
                else:
                    for at in range(ranks - 1):
                        seen += tally[at]
                        distance += abs(seen * known - here * cumulated[at])
            else:
                _sort(place, used)
                distance = _along(place, used, tally, cumulated, prefix, here, known)
            distance /= np.float64(here) * np.float64(known) * (ranks - 1)
            distance *= here / size
        for i in range(used):
            tally[place[i]] = 0
        moved = abs(lost * rows - size * absent) / (np.float64(size) * np.float64(rows))
        out[c] = min(1.0, moved + distance)


@njit(cache=True, nogil=True)
def _sort(place, used):
    if used > _FEW:
        in_order = np.sort(place[:used])
        for i in range(used):  # assigned as a whole, the check of the shapes takes two seconds to compile
            place[i] = in_order[i]
        return
    for i in range(1, used):
        at = place[i]
        j = i
        while j and place[j - 1] > at:
            place[j] = place[j - 1]
            j -= 1
        place[j] = at


@njit(cache=True, nogil=True)
def _along(place, used, tally, cumulated, prefix, here, known):
    """Σ |P_j·known − here·Q_j| where P stands still between the ranks that occur and Q never falls."""
    last = cumulated.size - 1
    distance = np.float64(here) * prefix[place[0]]
    seen = np.int64(0)
    for i in range(used):
        start = place[i]
        stop = place[i + 1] if i + 1 < used else last
        seen += tally[start]
        level = seen * known
        low, high = start, stop
        while low < high:  # the first rank up to which the table holds more
            middle = (low + high) // 2
            if here * cumulated[middle] > level:
                high = middle
            else:
                low = middle + 1
        below = np.float64(level) * (low - start) - np.float64(here) * (prefix[low] - prefix[start])
        above = np.float64(here) * (prefix[stop] - prefix[low]) - np.float64(level) * (stop - low)
        distance += max(below, 0.0) + max(above, 0.0)
    return distance


@njit(cache=True, nogil=True)
def hierarchical(starts, values, counts, up, table, height, rows, out):
    """Distance along a tree: Σ level(N)/H · min(what has to leave its children, what has to arrive).

    All that crosses the branch above a node moves one level more, up on one side and down on the
    other, so this is the mean over the levels below the root of Σ max(0, p − q) of their nodes.
    Nodes of all levels stand in one array, those of level 0 first; ``up`` is each one's parent,
    ``table`` its records in the whole table. Only nodes above a value of the class are visited:
    elsewhere p is 0.
    """
    mass = np.zeros(table.size, dtype=np.int64)
    here = np.empty(table.size, dtype=np.int64)
    for c in range(starts.size - 1):
        size = np.int64(0)
        for pair in range(starts[c], starts[c + 1]):
            size += counts[pair]
        used = 0
        gained = np.int64(0)
        for pair in range(starts[c], starts[c + 1]):
            count = np.int64(counts[pair])
            gained += max(count * rows - size * table[values[pair]], 0)
            parent = up[values[pair]]
            if mass[parent] == 0:
                here[used] = parent
                used += 1
            mass[parent] += count
        moved = np.float64(gained)
        for _ in range(height - 1):
            gained = np.int64(0)
            found = 0
            for i in range(used):
                node = here[i]
                gained += max(mass[node] * rows - size * table[node], 0)
                parent = up[node]
                if mass[parent] == 0:
                    here[found] = parent
                    found += 1
                mass[parent] += mass[node]
                mass[node] = 0
            moved += np.float64(gained)
            used = found
        for i in range(used):
            mass[here[i]] = 0
        out[c] = moved / (np.float64(height) * np.float64(size) * np.float64(rows)) if height else 0.0


@njit(cache=True, nogil=True)
def highest(values, chosen):
    """Largest value of the chosen classes."""
    most = -np.inf
    for c in range(values.size):
        if values[c] > most and chosen[c]:  # in this order: the first is almost never true
            most = values[c]
    return most


@njit(cache=True, nogil=True)
def lowest(values, chosen):
    """Smallest value of the chosen classes."""
    least = np.inf
    for c in range(values.size):
        if values[c] < least and chosen[c]:
            least = values[c]
    return least


@njit(cache=True, nogil=True)
def spread(keys, counts, kept, everything, shifts, widths, offsets, leaves, fixed, blanks, each_other, records, sums):
    """What the labels of the kept classes stand for.

    ``leaves`` are the values below each label, ``fixed`` those of the attributes that are not
    walked through, as a factor; ``blanks`` is the factor by which missing values add to the cells;
    ``each_other`` is what the suppressed records add to every cell of the domain. ``records`` of
    each label are filled; ``sums`` are Σ |E|·cells and Σ |E|·ln(|E|/(cells·blanks) + ``each_other``),
    cells being the product of the values below the labels.
    """
    fields = shifts.size
    cells_sum = 0.0
    log_sum = 0.0
    for c in range(keys.size):
        if not everything and not kept[c]:
            continue
        key = keys[c]
        size = np.int64(counts[c])
        cells = fixed
        for j in range(fields):
            at = offsets[j] + np.int64((key >> shifts[j]) & widths[j])
            cells *= leaves[at]
            records[at] += size
        cells_sum += size * cells
        log_sum += size * np.log(size / (cells * blanks) + each_other)
    sums[0] = cells_sum
    sums[1] = log_sum


def warm() -> None:
    """Load every kernel of this module, compiling it the first time."""
    starts, place = np.array([0, 1], dtype=np.int64), np.zeros(1, dtype=np.int64)
    values, counts = np.zeros(1, dtype=np.int32), np.ones(1, dtype=np.int32)
    table, out, kept = np.ones(1, dtype=np.int64), np.zeros(1), np.ones(1, dtype=np.bool_)
    arrays = (starts, values, counts)
    totals(values, counts, place.copy())
    whole, real = np.zeros((4, 1), dtype=np.int64), np.zeros((6, 1))
    profile(*arrays, table, 1, np.ones(1), np.ones(1), -1, np.zeros(2), whole, real, kept.copy())
    recursive(*arrays, 2, -1, out)
    ordered(*arrays, place, table, np.zeros(2), 0, 1, out)
    hierarchical(*arrays, place, table, 0, 1, out)
    for numbers in (np.ones(1), place, counts):
        highest(numbers, kept)
        lowest(numbers, kept)
    word = np.zeros(1, dtype=np.uint64)
    spread(word, counts, kept, True, word, word, place, np.ones(1), 1.0, 1.0, 0.0, place.copy(), np.zeros(2))
