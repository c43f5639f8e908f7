package archtest

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a small application has to carry. A module or a megabyte more is for those who use it: give
// it a package of its own. The size doubles in one stroke if something reachable calls
// reflect.Type.Method or Value.MethodByName (text/template does): the linker then keeps every
// exported method. `go build -ldflags=-dumpdep` names the culprit (ReflectMethod).
const (
	mostModules = 8
	mostBytes   = 9_000_000
)

func TestHelloLinksLittle(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a program")
	}
	program := filepath.Join(t.TempDir(), "hello")
	out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, prefix+"examples/hello").CombinedOutput()
	require.NoError(t, err, "%s", out)
	file, err := os.Stat(program)
	require.NoError(t, err)
	info, err := buildinfo.ReadFile(program)
	require.NoError(t, err)
	var modules []string
	for _, m := range info.Deps {
		modules = append(modules, m.Path)
	}
	assert.LessOrEqual(t, len(modules), mostModules, "modules: %v", modules)
	assert.Less(t, file.Size(), int64(mostBytes))
	t.Logf("%d bytes, %d modules: %v", file.Size(), len(modules), modules)
}
