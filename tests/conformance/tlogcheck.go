// tlogcheck is an independent check of an Indelible log, made with the Go
// project's transparency-log library (golang.org/x/mod/sumdb/{note,tlog}).
// Nothing in it is shared with the Python code, so agreement is evidence that
// both follow RFC 6962 and the C2SP formats.
//
// Usage:
//
//	tlogcheck [flags] VKEY CHECKPOINT BASEDIR
//
//	VKEY        the log's verifier key, signature type 0x01 (Ed25519)
//	CHECKPOINT  file holding the signed checkpoint
//	BASEDIR     directory that has tile/... in the tlog-tiles layout
//
//	-witness VKEY  (repeatable) a type 0x04 cosigner key; its cosignature must be
//	               present and valid
//	-old FILE      (repeatable) an earlier signed checkpoint of the same log; the
//	               log must be an append-only extension of it
//	-addcp FILE    (repeatable) an add-checkpoint request body; its consistency
//	               proof is checked with tlog.CheckTree
//	-proof FILE    (repeatable) a tlog-proof for an entry of this log; the entry is
//	               taken from its bundle and the proof checked with tlog.CheckRecord
//
// It exits 0 and ends with a line "OK" when everything holds, else 1 after a
// line "FAIL: ...". go_checker.py beside this file builds and runs it.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
)

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func fail(format string, a ...interface{}) {
	fmt.Printf("FAIL: "+format+"\n", a...)
	os.Exit(1)
}

func mustRead(name string) []byte {
	b, err := os.ReadFile(name)
	if err != nil {
		fail("%v", err)
	}
	return b
}

// cosigner verifies Ed25519 cosignatures (signature type 0x04), which the note
// package does not know.
type cosigner struct {
	name string
	id   uint32
	pub  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	t := binary.BigEndian.Uint64(sig)
	if t == 0 || t > 1<<63-1 {
		return false
	}
	signed := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", t)), msg...)
	return ed25519.Verify(c.pub, signed, sig[8:])
}

func parseCosigner(vkey string) *cosigner {
	p := strings.SplitN(vkey, "+", 3)
	if len(p) != 3 || len(p[1]) != 8 {
		fail("witness key %q is malformed", vkey)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(p[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != 0x04 {
		fail("witness key %q is not an Ed25519 cosignature key", vkey)
	}
	sum := sha256.Sum256(append([]byte(p[0]+"\n"), raw...))
	if fmt.Sprintf("%x", sum[:4]) != p[1] {
		fail("witness key %q: key ID does not match", vkey)
	}
	return &cosigner{p[0], binary.BigEndian.Uint32(sum[:4]), ed25519.PublicKey(raw[1:])}
}

type checkpoint struct {
	origin string
	tree   tlog.Tree
	ext    int // number of extension lines
}

func decimal(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == s
}

func hashLine(s string) (h tlog.Hash, ok bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != tlog.HashSize {
		return h, false
	}
	copy(h[:], raw)
	return h, true
}

func parseCheckpoint(text string) (c checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" {
		return c, fmt.Errorf("checkpoint has fewer than three lines")
	}
	lines = lines[:len(lines)-1]
	for _, l := range lines {
		if l == "" {
			return c, fmt.Errorf("checkpoint has an empty line")
		}
	}
	var ok bool
	c.origin = lines[0]
	if c.tree.N, ok = decimal(lines[1]); !ok {
		return c, fmt.Errorf("bad tree size %q", lines[1])
	}
	if c.tree.Hash, ok = hashLine(lines[2]); !ok {
		return c, fmt.Errorf("bad root hash %q", lines[2])
	}
	c.ext = len(lines) - 3
	return c, nil
}

// open checks the log's signature (and the witnesses', if any are given).
func open(raw []byte, log note.Verifier, wits []*cosigner) checkpoint {
	known := []note.Verifier{log}
	for _, w := range wits {
		known = append(known, w)
	}
	n, err := note.Open(raw, note.VerifierList(known...))
	if err != nil {
		fail("opening the checkpoint: %v", err)
	}
	for _, v := range known {
		found := false
		for _, s := range n.Sigs {
			found = found || s.Name == v.Name() && s.Hash == v.KeyHash()
		}
		if !found {
			fail("no signature by %s+%08x", v.Name(), v.KeyHash())
		}
	}
	c, err := parseCheckpoint(n.Text)
	if err != nil {
		fail("%v", err)
	}
	if c.origin != log.Name() {
		fail("origin %q is not the key name %q", c.origin, log.Name())
	}
	return c
}

// path gives a tile's place below BASEDIR. The Go library names tiles
// tile/H/L/N; tlog-tiles drops H and calls the level of bundles "entries".
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), "tile/8/")
	if t.L < 0 {
		p = "entries/" + strings.TrimPrefix(p, "data/")
	}
	return "tile/" + p
}

// readWide reads a tile or bundle; a partial that is gone may be taken from the
// full one that replaced it.
func readWide(base string, t tlog.Tile) ([]byte, bool, error) {
	b, err := os.ReadFile(filepath.Join(base, filepath.FromSlash(path(t))))
	if os.IsNotExist(err) && t.W < width {
		t.W = width
		if full, err2 := os.ReadFile(filepath.Join(base, filepath.FromSlash(path(t)))); err2 == nil {
			return full, true, nil
		}
	}
	return b, false, err
}

// tilesOf lists the hash tiles of a tree of this size. (tlog.NewTiles is not
// used: before x/mod v0.17 it also listed every narrower partial tile.)
func tilesOf(size int64) (out []tlog.Tile) {
	for l := 0; size > 0; l++ {
		for n := int64(0); n < size/width; n++ {
			out = append(out, tlog.Tile{H: height, L: l, N: n, W: width})
		}
		if w := int(size % width); w > 0 {
			out = append(out, tlog.Tile{H: height, L: l, N: size / width, W: w})
		}
		size /= width
	}
	return out
}

type diskTiles struct{ base string }

func (d diskTiles) Height() int                     { return height }
func (d diskTiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (d diskTiles) ReadTiles(ts []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range ts {
		b, fromFull, err := readWide(d.base, t)
		if err != nil {
			return nil, err
		}
		want := width
		if !fromFull {
			want = t.W
		}
		if len(b) != want*tlog.HashSize {
			return nil, fmt.Errorf("%s is %d bytes, want %d", path(t), len(b), want*tlog.HashSize)
		}
		out = append(out, b[:t.W*tlog.HashSize])
	}
	return out, nil
}

func bundle(base string, n int64, w int) [][]byte {
	t := tlog.Tile{H: height, L: -1, N: n, W: w}
	b, fromFull, err := readWide(base, t)
	if err != nil {
		fail("%v", err)
	}
	var out [][]byte
	for len(b) > 0 && (len(out) < w || !fromFull) {
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
			fail("%s is cut short", path(t))
		}
		k := 2 + int(binary.BigEndian.Uint16(b))
		out = append(out, b[2:k])
		b = b[k:]
	}
	if len(out) != w {
		fail("%s holds %d entries, want %d", path(t), len(out), w)
	}
	return out
}

var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// treeHash is tlog.TreeHash with RFC 6962's root for the empty tree, which the
// library has since x/mod v0.19 (before, it gave 32 zero bytes).
func treeHash(n int64, r tlog.HashReader) tlog.Hash {
	if n == 0 {
		return emptyRoot
	}
	h, err := tlog.TreeHash(n, r)
	if err != nil {
		fail("%v", err)
	}
	return h
}

func main() {
	var wits, olds, addcps, proofs list
	flag.Var(&wits, "witness", "cosigner vkey")
	flag.Var(&olds, "old", "earlier checkpoint")
	flag.Var(&addcps, "addcp", "add-checkpoint request body")
	flag.Var(&proofs, "proof", "tlog-proof file")
	flag.Parse()
	if flag.NArg() != 3 {
		fail("usage: tlogcheck [flags] VKEY CHECKPOINT BASEDIR")
	}
	logKey, err := note.NewVerifier(flag.Arg(0))
	if err != nil {
		fail("log key: %v", err)
	}
	base := flag.Arg(2)
	var cosigners []*cosigner
	for _, w := range wits {
		cosigners = append(cosigners, parseCosigner(w))
	}

	cp := open(mustRead(flag.Arg(1)), logKey, cosigners)
	fmt.Printf("checkpoint %s size %d root %s: log signature and %d cosignature(s) verify\n",
		cp.origin, cp.tree.N, cp.tree.Hash, len(cosigners))
	size := cp.tree.N

	// 1. Hash every entry of every bundle and rebuild the tree from nothing.
	var stored, leaves []tlog.Hash
	inMemory := tlog.HashReaderFunc(func(ix []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(ix))
		for i, x := range ix {
			out[i] = stored[x]
		}
		return out, nil
	})
	for n := int64(0); n*width < size; n++ {
		w := width
		if left := size - n*width; left < width {
			w = int(left)
		}
		for _, e := range bundle(base, n, w) {
			h := tlog.RecordHash(e)
			hs, err := tlog.StoredHashesForRecordHash(int64(len(leaves)), h, inMemory)
			if err != nil {
				fail("%v", err)
			}
			leaves, stored = append(leaves, h), append(stored, hs...)
		}
	}
	root := treeHash(size, inMemory)
	if root != cp.tree.Hash {
		fail("entries hash to %s, the checkpoint says %s", root, cp.tree.Hash)
	}
	fmt.Printf("%d entries rebuild the signed root\n", size)

	// 2. Every hash tile this size calls for is there, byte for byte.
	count := 0
	for _, t := range tilesOf(size) {
		want, err := tlog.ReadTileData(t, inMemory)
		if err != nil {
			fail("%v", err)
		}
		got, err := diskTiles{base}.ReadTiles([]tlog.Tile{t})
		if err != nil {
			fail("%v", err)
		}
		if !bytes.Equal(got[0], want) {
			fail("%s has other hashes than its entries", path(t))
		}
		count++
	}
	fmt.Printf("%d hash tiles match\n", count)

	// 3. Proofs built from the tiles on disk, as a remote client would.
	hr := tlog.TileHashReader(cp.tree, diskTiles{base})
	step := size/512 + 1
	checked := 0
	for i := int64(0); i < size; i++ {
		if i%step != 0 && i != size-1 {
			continue
		}
		p, err := tlog.ProveRecord(size, i, hr)
		if err != nil {
			fail("inclusion of %d: %v", i, err)
		}
		if err := tlog.CheckRecord(p, size, cp.tree.Hash, i, leaves[i]); err != nil {
			fail("inclusion of %d: %v", i, err)
		}
		checked++
	}
	fmt.Printf("%d inclusion proofs check\n", checked)
	consistent := func(n int64, old tlog.Hash) {
		if n == 0 {
			return // the empty tree is a prefix of every tree
		}
		p, err := tlog.ProveTree(size, n, hr)
		if err != nil {
			fail("consistency %d to %d: %v", n, size, err)
		}
		if err := tlog.CheckTree(p, size, cp.tree.Hash, n, old); err != nil {
			fail("consistency %d to %d: %v", n, size, err)
		}
	}
	checked = 0
	for n := int64(1); n <= size; n++ {
		if n%step != 0 && n != size {
			continue
		}
		consistent(n, treeHash(n, inMemory))
		checked++
	}
	fmt.Printf("%d consistency proofs check\n", checked)

	// 4. What the Python side made.
	for _, f := range olds {
		o := open(mustRead(f), logKey, nil)
		if o.tree.N > size {
			fail("%s is of size %d, past %d", f, o.tree.N, size)
		}
		if o.tree.N == 0 && o.tree.Hash != emptyRoot {
			fail("%s: size 0 with a root other than the empty tree's", f)
		}
		consistent(o.tree.N, o.tree.Hash)
		fmt.Printf("%s (size %d) is a prefix\n", f, o.tree.N)
	}
	for _, f := range addcps {
		head, msg, found := bytes.Cut(mustRead(f), []byte("\n\n"))
		if !found {
			fail("%s has no empty line", f)
		}
		lines := strings.Split(string(head), "\n")
		n, ok := decimal(strings.TrimPrefix(lines[0], "old "))
		if !ok || !strings.HasPrefix(lines[0], "old ") {
			fail("%s: bad first line %q", f, lines[0])
		}
		c := open(msg, logKey, nil)
		if c.tree.N > size || n > c.tree.N {
			fail("%s: sizes out of order", f)
		}
		consistent(c.tree.N, c.tree.Hash)
		p := tlog.TreeProof{}
		for _, l := range lines[1:] {
			h, ok := hashLine(l)
			if !ok {
				fail("%s: bad proof line %q", f, l)
			}
			p = append(p, h)
		}
		if n == 0 {
			if len(p) != 0 {
				fail("%s: a proof from size 0 must be empty", f)
			}
		} else {
			if err := tlog.CheckTree(p, c.tree.N, c.tree.Hash, n, treeHash(n, inMemory)); err != nil {
				fail("%s: %v", f, err)
			}
		}
		fmt.Printf("%s (%d to %d) has a valid consistency proof\n", f, n, c.tree.N)
	}
	for _, f := range proofs {
		head, msg, found := bytes.Cut(mustRead(f), []byte("\n\n"))
		if !found {
			fail("%s has no empty line", f)
		}
		lines := strings.Split(string(head), "\n")
		if lines[0] != "c2sp.org/tlog-proof@v1" {
			fail("%s: bad first line %q", f, lines[0])
		}
		lines = lines[1:]
		if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
			lines = lines[1:]
		}
		if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
			fail("%s has no index line", f)
		}
		i, ok := decimal(strings.TrimPrefix(lines[0], "index "))
		c := open(msg, logKey, cosigners)
		if !ok || i >= c.tree.N || i >= size {
			fail("%s: bad index line %q", f, lines[0])
		}
		p := tlog.RecordProof{}
		for _, l := range lines[1:] {
			h, ok := hashLine(l)
			if !ok {
				fail("%s: bad proof line %q", f, l)
			}
			p = append(p, h)
		}
		if err := tlog.CheckRecord(p, c.tree.N, c.tree.Hash, i, leaves[i]); err != nil {
			fail("%s: %v", f, err)
		}
		fmt.Printf("%s proves entry %d of %d\n", f, i, c.tree.N)
	}
	fmt.Println("OK")
}
