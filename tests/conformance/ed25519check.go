// Says of each line "key message signature" (hex, "-" for empty) whether the signature holds, by Go's own library.
package main

import (
	"bufio"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

func bytesOf(text string) []byte {
	raw, err := hex.DecodeString(strings.TrimPrefix(text, "-"))
	if err != nil {
		panic(err)
	}
	return raw
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		key := bytesOf(fields[0])
		holds := len(key) == ed25519.PublicKeySize && ed25519.Verify(key, bytesOf(fields[1]), bytesOf(fields[2]))
		fmt.Println(holds)
	}
}
