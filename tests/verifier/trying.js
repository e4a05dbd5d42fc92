// What the tests of the vectors do inside the page of modules: each function takes vectors and gives what came.

const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (two) => parseInt(two, 16));

/** `["gives", value]`, or `["refused", code]`; anything but a refusal is a fault of the checker. */
async function came(act) {
  try {
    return ["gives", await act()];
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return ["refused", fault.code];
  }
}

const whether = async (texts, act) => Promise.all(texts.map(async (text) => (await came(() => act(text)))[0]));

const trying = {
  hashes(lengths) {
    const counting = (length) => Uint8Array.from({ length }, (_, i) => i % 251);
    return lengths.map((length) => {
      const pieces = new Sha256();
      for (let at = 0; at < length; at += 37) pieces.update(counting(length).subarray(at, at + 37));
      return [sha256(counting(length)), pieces.digest(), sha512(counting(length))].map(writeHex);
    });
  },

  textHashes(texts) {
    return texts.map((text) => writeHex(sha256(ENCODER.encode(text))));
  },

  async pbkdf2(cases) {
    const found = [];
    for (const { password, salt, rounds } of cases) {
      const given = [ENCODER.encode(password), ENCODER.encode(salt), rounds];
      found.push([writeHex(await pbkdf2(...given)), writeHex(await pbkdf2Here(...given))]);
    }
    return found;
  },

  async signatures({ cases, own }) {
    const found = [];
    for (const [key, message, signature] of cases) {
      const given = [fromHex(key), fromHex(message), fromHex(signature)];
      // Lengths are looked at before either way is taken.
      const isWhole = given[0].length === 32 && given[2].length === 64;
      found.push(own && isWhole ? await ed25519HoldsHere(...given) : await ed25519Holds(...given));
    }
    return found;
  },

  async trees({ leaves_hex: leavesHex, inclusion, consistency, sizes }) {
    const leaves = leavesHex.map((leaf) => leafHash(fromHex(leaf)));
    const roots = Array.from({ length: sizes }, (_, size) => rootOfLeaves(leaves.slice(0, size)));
    const proofs = [], spoiled = [];
    for (const { index, size, path_hex: hex } of inclusion) {
      const path = hex.map(fromHex), leaf = leaves[index], root = roots[size];
      proofs.push((await came(() => checkInclusion(leaf, index, size, path, root)))[0]);
      spoiled.push(await came(() => checkInclusion(leaf, index, size, [...path, roots[1]], root)));
      spoiled.push(await came(() => checkInclusion(leaf, index, size, path, roots[0])));
      spoiled.push(await came(() => checkInclusion(leaf, size, size, path, root)));
    }
    for (const { old_size: old, new_size: size, path_hex: hex } of consistency) {
      const path = hex.map(fromHex);
      proofs.push((await came(() => checkConsistency(old, roots[old], size, roots[size], path)))[0]);
      spoiled.push(await came(() => checkConsistency(old, roots[old], size, roots[size], [...path, roots[1]])));
      spoiled.push(await came(() => checkConsistency(old, roots[0], size, roots[size], path)));
    }
    return { leaves: leaves.map(writeHex), roots: roots.map(writeHex), proofs, spoiled: spoiled.map(([what]) => what) };
  },

  async allConsistency(largest) {
    const leaves = Array.from({ length: largest }, (_, i) => leafHash(Uint8Array.of(i)));
    const root = (from, to) => rootOfLeaves(leaves.slice(from, to));
    const prove = (old, from, to, whole) => {
      if (old === to - from) return whole ? [] : [root(from, to)];
      const left = leftSize(to - from);
      if (old <= left) return [...prove(old, from, from + left, whole), root(from + left, to)];
      return [...prove(old - left, from + left, to, false), root(from, from + left)];
    };
    const wrong = [];
    for (let size = 1; size <= largest; size++) {
      for (let old = 1; old <= size; old++) {
        const check = (path) => came(() => checkConsistency(old, root(0, old), size, root(0, size), path));
        const path = prove(old, 0, size, true);
        if ((await check(path))[0] !== "gives" || (await check([...path, leaves[0]]))[0] !== "refused") wrong.push([old, size]);
      }
    }
    return wrong;
  },

  async entries(entries) {
    const found = [];
    for (const { leaf, fields } of entries) {
      const read = parseLeaf(leaf);
      const otherSalt = (text) => text.replace(/^\["./, text[2] === "A" ? '["B' : '["A');
      const spoiled = await Promise.all(fields.map(({ text }) => came(() => checkDisclosure(read, otherSalt(text)))));
      found.push({
        hash: writeHex(leafHash(ENCODER.encode(leaf))), at: read.at, names: read.names,
        details: fields.map(({ text }) => checkDisclosure(read, text)[0]),
        digests: fields.map(({ text }) => disclosureDigest(text)),
        spoiled: spoiled.map(([, code]) => code),
      });
    }
    return found;
  },

  foreignDigests(texts) {
    return texts.map((text) => disclosureDigest(readUtf8(readBase64Url(text, text.length, ""), "")));
  },

  leaves: (texts) => whether(texts, parseLeaf),

  canonical: (texts) => whether(texts, readCanonical),

  written: (values) => values.map((value) => writeHex(writeUtf8(canonicalText(value)))),

  base64: (texts) => whether(texts, (text) => readBase64(text, "")),

  decimals: (texts) => whether(texts, (text) => readDecimal(text, "")),

  utf8: (texts) => whether(texts, (bytes) => readUtf8(Uint8Array.from(bytes), "")),

  async checkpoints({ keys, checkpoints, foreign }) {
    const [log, witness] = [keys.log, keys.witness].map(({ verifier_key: text }) => parseKey(text));
    const signed = [], bad = [];
    for (const { signed: text } of checkpoints) {
      const note = parseNote(text);
      const good = await openNote(note, [log, witness]);
      signed.push([parseCheckpoint(note.text).size, good.map(({ key }) => key.name)]);
      bad.push((await came(() => openNote(parseNote(text.replace(/\n[0-9]+\n/, "\n77\n")), [log])))[1]);
    }
    const foreignKey = parseKey(foreign.verifier_key);
    return {
      ids: [log.id, witness.id], signed, bad,
      foreign: (await openNote(parseNote(foreign.note), [foreignKey])).length,
      unknown: (await came(() => openNote(parseNote(foreign.note), [log])))[1],
    };
  },

  keys: (texts) => whether(texts, parseKey),

  notes: (texts) => whether(texts, parseNote),

  async cosignatures({ lines, checkpoint_text: text }) {
    const found = [];
    for (const { verifier_key: vkey, line } of lines) {
      const key = parseKey(vkey), note = parseNote(`${text}\n${line}`), other = parseNote(`${text}x\n\n${line}`);
      const [what, { time }] = await came(() => checkSignature(note, key, note.signatures[0]));
      found.push([what, time, (await came(() => checkSignature(other, key, other.signatures[0])))[1]]);
    }
    return found;
  },

  async sealWords(texts) {
    const found = [];
    for (const text of texts) found.push(await sealWords(text));
    return found;
  },

  wordsOfBytes: (hexes) => hexes.map((hex) => wordsOf(fromHex(hex))),

  wordList: (places) => ({
    count: WORD_LIST.length, some: places.map((place) => WORD_LIST[place]),
    hash: writeHex(sha256(ENCODER.encode(WORD_LIST.map((word) => `${word}\n`).join("")))),
  }),

  compared: ({ expected, typed }) => typed.map((text) => compareWords(expected, text)),

  async stamps({ message, root_pem: pem, cases }) {
    const found = [];
    for (const one of cases) {
      const given = ENCODER.encode(one.message ?? message), roots = readPem(one.root ?? pem);
      const response = readBase64(one.response_base64, "");
      found.push(await came(() => checkStamp(response, given, roots, { nonce: one.nonce, policy: one.policy })));
    }
    return found;
  },

  async spoiledStamps({ message, root_pem: pem, good }) {
    const given = ENCODER.encode(message), roots = readPem(pem), response = readBase64(good.response_base64, "");
    const right = JSON.stringify(await checkStamp(response, given, roots, {}));
    const accepted = [];
    for (let place = 0; place < response.length; place += 5) {
      const spoiled = response.slice();
      spoiled[place] ^= 1 << place % 8;
      const [what, stamp] = await came(() => checkStamp(spoiled, given, roots, {}));
      if (what === "gives" && JSON.stringify(stamp) !== right) accepted.push(place);
    }
    return accepted;
  },

  async unpacked(cases) {
    const wrong = [];
    for (const [bytes, hash, length] of cases) {
      const packed = Uint8Array.from(bytes);
      if (writeHex(sha256(inflate(packed, length))) !== hash) wrong.push(["own", length]);
      if (writeHex(sha256(await unpack(packed, "deflate-raw", length))) !== hash) wrong.push(["browser", length]);
      const refused = async (act) => (await came(act))[0] === "refused";
      if (length && !await refused(() => inflate(packed, length - 1))) wrong.push(["too long", length]);
      if (!await refused(() => inflate(packed.slice(0, -1), length))) wrong.push(["cut", length]);
    }
    return wrong;
  },

  async parts(cases) {
    const found = [];
    for (const { size, indexes, leaves, hashes } of cases) {
      const bytes = (texts) => texts.map((text) => readBase64(text, ""));
      const [what, root] = await came(() => rootOfPart(size, indexes, bytes(leaves), bytes(hashes)));
      found.push(what === "gives" ? writeBase64(root) : root);
    }
    return found;
  },

  async deep(depth) {
    const nested = "[".repeat(depth) + "]".repeat(depth);
    const line = `{"closed":{},"index":0,"leaf":${nested},"open":[],"role":"asked"}`;
    return [await came(() => readCanonical(nested)), await came(() => parseLine(line)), await came(() => parseLeaf(nested))];
  },

  async packs({ trees, claims, manifest, attachment_names: attached, lines, table }) {
    const leaf = (index) => leafHash(ENCODER.encode(`leaf ${index}`));
    const bytes = (text) => readBase64(text, "");
    const roots = trees.map(({ size, indexes, hashes }) => writeBase64(rootOfPart(size, indexes, indexes.map(leaf), hashes.map(bytes))));
    const key = parseKey(manifest.key), note = parseNote(manifest.note);
    const read = lines.map(({ line }) => {
      const report = new Report();
      new Entries(report, claims.claims).take(ENCODER.encode(line.replace(/\n$/, "")), line.endsWith("\n"));
      return report.findings.map(({ code, field }) => ({ code, field }));
    });
    const entries = new Entries(new Report(), claims.claims);
    for (const line of table.lines) entries.take(ENCODER.encode(line.replace(/\n$/, "")), true);
    const rows = entries.items.filter(({ role }) => role === "asked").map((item) => {
      const { closed, values } = Entries.read(item);
      return [item.index, item.at, closed, values];
    });
    return {
      roots, read,
      canonical: canonicalText(claims.claims), digest: claimsDigest(claims.claims),
      noteText: packNoteText(claims.claims.origin, ENCODER.encode(manifest.manifest)),
      innerText: packNoteText(claims.claims.origin, ENCODER.encode(manifest.inner)),
      signed: (await openNote(note, [key])).length,
      files: parseManifest(ENCODER.encode(manifest.manifest)).files.size,
      names: attached.map(({ index, place, name }) => attachmentName(index, place, name)),
      table: [entries.table.header(), ...rows.map((row) => entries.table.row(...row))].join(""),
    };
  },
};
