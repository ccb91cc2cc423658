"""One-to-one alignment of maximum total weight, for millions of small blocks at once.

The *assignment problem* (Kuhn 1955): choose pairs so that no object is in two of them and the sum of their weights is
largest. Only overlapping objects have a weight, so the problem falls into connected blocks, nearly all of them tiny:

1. A pair that outweighs the second-best choices of both its sides together belongs to some optimum, and is taken at
   once; this is repeated while it finds any. (Proof: dropping the at most two pairs that it excludes loses at most what
   it adds.)
2. What is left is cut into connected blocks. Blocks whose smaller side has at most six objects are solved by dynamic
   programming over subsets of it, all blocks of one shape together.
3. The rest go to :func:`scipy.optimize.linear_sum_assignment`, one by one.

The alignment is optimal. Among optima the choice depends only on the order in which the objects of a block are
numbered, so callers number them by what they are, never by their ids.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aqwal.columns import Bools, Ints
from aqwal.metrics.counts import Floats
from aqwal.metrics.intervals import ranked, sorting_order

#: Largest smaller side that dynamic programming takes.
_SMALL = 6
#: Rounds of step 1. Fixed, so that what happens to a block never depends on the other blocks.
_ROUNDS = 16
#: Cells of the largest block that is solved as a dense matrix.
_DENSE = 4_000_000


def assign(left: Ints, right: Ints, weight: Floats) -> NDArray[np.intp]:
    """The pairs of the best one-to-one alignment, as sorted indices into the arguments.

    Args:
        left: the one object of each candidate pair; no pair is there twice.
        right: the other object of each.
        weight: of each pair, positive.

    >>> assign(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0.9, 0.8, 0.8])).tolist()
    [1, 2]
    """
    order = ranked(left, right)
    order = order[weight[order] > 0]
    # Two objects that overlap nothing else: most pairs, and no question.
    lonely = (np.bincount(left[order])[left[order]] == 1) & (np.bincount(right[order])[right[order]] == 1)
    chosen: list[NDArray[np.intp]] = [order[lonely]]
    alive = order[~lonely]
    for _ in range(_ROUNDS):
        if not alive.size:
            break
        taken = _dominant(left[alive], right[alive], weight[alive])
        if not taken.any():
            break
        chosen.append(alive[taken])
        gone_left = np.zeros(int(left.max()) + 1, dtype=np.bool_)
        gone_right = np.zeros(int(right.max()) + 1, dtype=np.bool_)
        gone_left[left[alive[taken]]] = True
        gone_right[right[alive[taken]]] = True
        alive = alive[~(gone_left[left[alive]] | gone_right[right[alive]])]
    if alive.size:
        chosen.append(alive[_blocks(left[alive], right[alive], weight[alive])])
    return np.sort(np.concatenate(chosen))


def _two_best(side: Ints, weight: Floats) -> tuple[Floats, Floats]:
    """For each pair, the best weight of its object on ``side`` and the second best (0 if there is none)."""
    order = sorting_order(side)
    key, value = side[order], weight[order]
    begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    size = np.diff(np.concatenate([begins, [key.size]]))
    best = np.repeat(np.maximum.reduceat(value, begins), size)
    # Drop one pair that has the best weight; the best of the others is the second best.
    at_best = np.flatnonzero(value == best)
    group = np.repeat(np.arange(begins.size), size)
    fresh = np.concatenate([[True], group[at_best[1:]] != group[at_best[:-1]]])
    value[at_best[fresh]] = 0.0
    second = np.repeat(np.maximum.reduceat(value, begins), size)
    out_best, out_second = np.empty(key.size), np.empty(key.size)
    out_best[order], out_second[order] = best, second
    return out_best, out_second


def _dominant(left: Ints, right: Ints, weight: Floats) -> Bools:
    """Pairs (in order of left, right) that some optimum must hold, no object twice."""
    best_l, second_l = _two_best(left, weight)
    best_r, second_r = _two_best(right, weight)
    rows = np.flatnonzero((weight == best_l) & (weight == best_r) & (weight >= second_l + second_r))
    for side in (left, right):
        _, first = np.unique(side[rows], return_index=True)
        rows = np.sort(rows[first])
    out = np.zeros(left.size, dtype=np.bool_)
    out[rows] = True
    return out


def _blocks(left: Ints, right: Ints, weight: Floats) -> NDArray[np.intp]:
    """Solve all connected blocks of the candidate graph; returns indices of the pairs chosen."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    lefts, l = np.unique(left, return_inverse=True)  # noqa: E741
    rights, r = np.unique(right, return_inverse=True)
    n = lefts.size + rights.size
    graph = coo_array((np.ones(l.size, dtype=np.int8), (l, r + lefts.size)), shape=(n, n))
    _, component = connected_components(graph, directed=False)
    l_comp, r_comp = component[: lefts.size], component[lefts.size :]
    l_size = np.bincount(l_comp, minlength=int(component.max()) + 1)
    r_size = np.bincount(r_comp, minlength=int(component.max()) + 1)
    # position of each object within its block, by its number
    l_at, r_at = _positions(l_comp), _positions(r_comp)
    of_pair = l_comp[l]
    chosen: list[NDArray[np.intp]] = []
    shape_of_pair = l_size[of_pair] * (int(r_size.max()) + 1) + r_size[of_pair]
    order = np.argsort(shape_of_pair, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(shape_of_pair[order])) + 1):
        rows, columns = int(l_size[of_pair[group[0]]]), int(r_size[of_pair[group[0]]])
        blocks, block = np.unique(of_pair[group], return_inverse=True)
        i, j = l_at[l[group]], r_at[r[group]]
        if rows < columns:
            i, j, rows, columns = j, i, columns, rows
        if rows * columns > _DENSE:
            chosen.append(group[_by_sparse(block, i, j, weight[group], rows, columns)])
            continue
        if columns > _SMALL:
            chosen.append(group[_by_scipy(block, i, j, weight[group], rows, columns)])
            continue
        step = max(1, 2**22 // (rows * columns << columns))
        pair_index = np.full((blocks.size, rows, columns), -1, dtype=np.int64)
        pair_index[block, i, j] = np.arange(group.size)
        matrix = np.zeros((blocks.size, rows, columns))
        matrix[block, i, j] = weight[group]
        for start in range(0, blocks.size, step):
            picked = subset_assignment(matrix[start : start + step])
            index = np.take_along_axis(pair_index[start : start + step], picked[..., None], axis=2)[..., 0]
            chosen.append(group[index[(picked >= 0) & (index >= 0)]])
    return np.sort(np.concatenate(chosen))


def _positions(component: NDArray[np.int32]) -> Ints:
    """Rank of each object among those of its block."""
    order = np.argsort(component, kind="stable")
    key = component[order]
    fresh = np.concatenate([[True], key[1:] != key[:-1]])
    begins = np.flatnonzero(fresh)
    out = np.empty(component.size, dtype=np.int64)
    out[order] = np.arange(component.size) - np.repeat(begins, np.diff(np.concatenate([begins, [component.size]])))
    return out


def subset_assignment(matrix: Floats) -> Ints:
    """Best assignment of each matrix of a batch, shape (batch, rows, columns) with few columns.

    Dynamic programming over the set of columns in use: ``best[S]`` after row i is the largest total of rows 0…i that
    uses just the columns S. Returns the column of each row, −1 for none, shape (batch, rows).

    >>> subset_assignment(np.array([[[0.9, 0.8], [0.8, 0.0]]])).tolist()
    [[1, 0]]
    """
    batch, rows, columns = matrix.shape
    states = 1 << columns
    best = np.full((batch, states), -np.inf)
    best[:, 0] = 0.0
    choice = np.full((rows, batch, states), -1, dtype=np.int8)
    masks = np.arange(states)
    for i in range(rows):
        new = best.copy()
        for j in range(columns):
            with_j = masks[(masks >> j) & 1 == 1]
            made = best[:, with_j ^ (1 << j)] + matrix[:, i, j, None]
            better = made > new[:, with_j]
            new[:, with_j] = np.where(better, made, new[:, with_j])
            choice[i][:, with_j] = np.where(better, j, choice[i][:, with_j])
        best = new
    state = best.argmax(axis=1)
    out = np.full((batch, rows), -1, dtype=np.int64)
    every = np.arange(batch)
    for i in range(rows - 1, -1, -1):
        picked = choice[i][every, state].astype(np.int64)
        out[:, i] = picked
        state = np.where(picked >= 0, state ^ (1 << np.maximum(picked, 0)), state)
    return out


def _by_scipy(block: Ints, i: Ints, j: Ints, weight: Floats, rows: int, columns: int) -> NDArray[np.intp]:
    """The larger blocks, one by one."""
    from scipy.optimize import linear_sum_assignment

    order = np.argsort(block, kind="stable")
    out: list[int] = []
    for group in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
        matrix = np.zeros((rows, columns))
        index = np.full((rows, columns), -1, dtype=np.int64)
        matrix[i[group], j[group]] = weight[group]
        index[i[group], j[group]] = group
        found = index[linear_sum_assignment(matrix, maximize=True)]
        out.extend(found[found >= 0].tolist())
    return np.array(out, dtype=np.intp)


def _by_sparse(block: Ints, i: Ints, j: Ints, weight: Floats, rows: int, columns: int) -> NDArray[np.intp]:
    """Blocks too large for a dense matrix. Each row gets a column of its own that stands for "unmatched"."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    out: list[int] = []
    for each in np.unique(block):
        group = np.flatnonzero(block == each)
        spare = np.arange(rows)
        row, column = np.concatenate([i[group], spare]), np.concatenate([j[group], columns + spare])
        value = np.concatenate([weight[group], np.full(rows, 1e-15)])
        graph = coo_array((value, (row, column)), shape=(rows, columns + rows)).tocsr()
        found_i, found_j = min_weight_full_bipartite_matching(graph, maximize=True)
        taken = {(a, b) for a, b in zip(found_i.tolist(), found_j.tolist(), strict=True) if b < columns}
        out.extend(k for k in group.tolist() if (int(i[k]), int(j[k])) in taken)
    return np.array(out, dtype=np.intp)
