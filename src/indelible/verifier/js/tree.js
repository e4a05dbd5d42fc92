// The tree (RFC 9162 section 2.1): hashes of leaves and nodes, proofs, and the part of a tree in a pack.
//
// Sizes may exceed 2^31, so they are halved by division, never by shifts.

const EMPTY_ROOT = sha256(new Uint8Array(0));
const TWO_HASHES = new Uint8Array(65).fill(1, 0, 1);

function leafHash(data) {
  return sha256(joinBytes(Uint8Array.of(0), data));
}

function nodeHash(left, right) {
  TWO_HASHES.set(left, 1);
  TWO_HASHES.set(right, 33);
  return sha256(TWO_HASHES);
}

/** How many of `size` leaves (two or more) go left: the largest power of two below `size`. */
function leftSize(size) {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

const half = (number) => Math.floor(number / 2);
const isOdd = (number) => number % 2 === 1;

/** Check that entry `index` of `size` hashes to `leaf`. Raises as `check_inclusion` of the ledger does. */
function checkInclusion(leaf, index, size, path, root) {
  checkHashSizes([leaf, root, ...path]);
  if (!(index >= 0 && index < size)) throw new Fault("entry-outside-log", `${index} of ${size}`);
  let fn = index, sn = size - 1, reached = leaf;
  for (const step of path) {
    if (sn === 0) throw new Fault("proof-wrong-length", `${path.length} steps`);
    if (isOdd(fn) || fn === sn) {
      reached = nodeHash(step, reached);
      while (!isOdd(fn) && fn) [fn, sn] = [half(fn), half(sn)];
    } else {
      reached = nodeHash(reached, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn) throw new Fault("proof-wrong-length", `${path.length} steps`);
  if (!sameBytes(reached, root)) throw new Fault("entry-not-in-log", `${index} of ${size}`);
}

/** Check that the record of `oldSize` entries is how the one of `newSize` began. */
function checkConsistency(oldSize, oldRoot, newSize, newRoot, path) {
  checkHashSizes([oldRoot, newRoot, ...path]);
  if (!(oldSize >= 0 && oldSize <= newSize)) throw new Fault("log-shrank", `${oldSize} to ${newSize}`);
  if (oldSize === 0 || oldSize === newSize) {
    checkEdgeCase(oldSize, oldRoot, newSize, newRoot, path);
    return;
  }
  if (!path.length) throw new Fault("proof-wrong-length", "no steps");
  let isPower = oldSize;
  while (!isOdd(isPower)) isPower = half(isPower);
  const steps = isPower === 1 ? [oldRoot, ...path] : path;
  let fn = oldSize - 1, sn = newSize - 1;
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let oldReached = steps[0], newReached = steps[0];
  for (const step of steps.slice(1)) {
    if (sn === 0) throw new Fault("proof-wrong-length", `${path.length} steps`);
    if (isOdd(fn) || fn === sn) {
      oldReached = nodeHash(step, oldReached);
      newReached = nodeHash(step, newReached);
      while (!isOdd(fn) && fn) [fn, sn] = [half(fn), half(sn)];
    } else {
      newReached = nodeHash(newReached, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  if (sn) throw new Fault("proof-wrong-length", `${path.length} steps`);
  if (!sameBytes(oldReached, oldRoot)) throw new Fault("old-root-differs", `size ${oldSize}`);
  if (!sameBytes(newReached, newRoot)) throw new Fault("new-root-differs", `size ${newSize}`);
}

/** From the empty record, or from a record to itself, which the RFC does not define. */
function checkEdgeCase(oldSize, oldRoot, newSize, newRoot, path) {
  if (path.length) throw new Fault("proof-wrong-length", `${path.length} steps`);
  if (oldSize === 0 && !sameBytes(oldRoot, EMPTY_ROOT)) throw new Fault("old-root-differs", "size 0");
  if (oldSize === newSize && !sameBytes(oldRoot, newRoot)) throw new Fault("new-root-differs", `size ${newSize}`);
}

function checkHashSizes(hashes) {
  for (const one of hashes) {
    if (one.length !== HASH_SIZE) throw new Fault("proof-wrong-hash-size", `${one.length} bytes`);
  }
}

/** The root of the first leaves of a record, from their hashes (for the tests). */
function rootOfLeaves(hashes) {
  if (!hashes.length) return EMPTY_ROOT;
  if (hashes.length === 1) return hashes[0];
  const left = leftSize(hashes.length);
  return nodeHash(rootOfLeaves(hashes.slice(0, left)), rootOfLeaves(hashes.slice(left)));
}

/**
 * The root of the part of a tree that a pack holds (pack.md section 4).
 *
 * `indexes` rise; `leaves` are their hashes; `hashes` is an array of the other hashes in the order of the walk.
 * Raises `tree-length` where hashes are missing or left over.
 */
function rootOfPart(size, indexes, leaves, hashes) {
  let used = 0;
  const other = () => {
    if (used >= hashes.length) throw new Fault("tree-length", "hashes are missing");
    return hashes[used++];
  };
  // [from, to) of `indexes` are those that lie in the leaves [low, high).
  const walk = (low, high, from, to) => {
    if (from === to) return other();
    if (high - low === 1) return leaves[from];
    const middle = low + leftSize(high - low);
    const cut = firstAtLeast(indexes, middle, from, to);
    const left = walk(low, middle, from, cut);
    return nodeHash(left, walk(middle, high, cut, to));
  };
  const inside = firstAtLeast(indexes, size, 0, indexes.length);
  if (inside !== indexes.length) throw new Fault("tree-length", "an entry outside the tree");
  const root = size ? walk(0, size, 0, inside) : EMPTY_ROOT;
  if (used !== hashes.length) throw new Fault("tree-length", "hashes are left over");
  return root;
}

/** The first place from `from` whose number is at least `least`, else `to`. */
function firstAtLeast(numbers, least, from, to) {
  while (from < to) {
    const middle = from + to >> 1;
    if (numbers[middle] < least) from = middle + 1;
    else to = middle;
  }
  return from;
}
