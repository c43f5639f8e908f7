package reload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// program is the program that is built again.
type program struct {
	path  string   // of its main package
	flags []string // of the go command, as it was built before
	dir   string   // of the executables

	roots    []string        // the folders with its source
	embedded map[string]bool // files that are part of it
	built    [sha256.Size]byte
	number   int
}

// thisProgram returns the program that runs.
func thisProgram(dir string) (*program, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Path == "" || info.Path == "command-line-arguments" {
		return nil, errors.New("the package of this program is unknown: start it with \"go run .\" or build it with \"go build\", without naming single files")
	}
	p := &program{path: info.Path, dir: dir}
	for _, s := range info.Settings {
		switch {
		case s.Key == "-race" || s.Key == "-msan" || s.Key == "-asan":
			p.flags = append(p.flags, s.Key+"="+s.Value)
		case s.Key == "-tags" || s.Key == "-ldflags" || s.Key == "-gcflags" || s.Key == "-asmflags":
			p.flags = append(p.flags, s.Key, s.Value)
		}
	}
	return p, nil
}

// listed is what go list prints about a package.
type listed struct {
	Dir        string
	Standard   bool
	EmbedFiles []string
	Module     *struct {
		Dir, GoMod, Version string
		Replace             *struct{ Dir, Version string }
	}
}

// find finds the folders with the source, and the embedded files.
func (p *program) find(ctx context.Context) error {
	out, err := p.run(ctx, append([]string{"list", "-deps", "-json=Dir,Standard,EmbedFiles,Module"}, append(p.flags, p.path)...)...)
	if err != nil {
		return err
	}
	p.roots, p.embedded = nil, map[string]bool{}
	for dec := json.NewDecoder(strings.NewReader(out)); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("go list: %w", err)
		}
		if l.Standard || l.Module == nil || l.Module.Version != "" && (l.Module.Replace == nil || l.Module.Replace.Version != "") {
			continue // cannot change
		}
		root := l.Module.Dir
		if l.Module.Replace != nil && l.Module.Replace.Dir != "" {
			root = l.Module.Replace.Dir
		}
		if !slices.Contains(p.roots, root) {
			p.roots = append(p.roots, root)
		}
		for _, file := range l.EmbedFiles {
			p.embedded[filepath.Join(l.Dir, file)] = true
		}
	}
	if len(p.roots) == 0 {
		return fmt.Errorf("the source of %s is not in the module of this folder: start it in the folder of its own module", p.path)
	}
	return nil
}

// build builds the program and returns the executable, "" if it is the same as before. The error
// contains what the go command printed.
func (p *program) build(ctx context.Context) (executable string, err error) {
	p.number++
	executable = filepath.Join(p.dir, fmt.Sprintf("%s-%d", filepath.Base(p.path), p.number))
	if _, err := p.run(ctx, append([]string{"build", "-o", executable}, append(p.flags, p.path)...)...); err != nil {
		return "", err
	}
	code, err := os.ReadFile(executable)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(code)
	if sum == p.built {
		return "", os.Remove(executable)
	}
	p.built = sum
	return executable, nil
}

// run runs the go command.
func (p *program) run(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return "", errors.New(text)
		}
		return "", fmt.Errorf("go %s: %w", args[0], err)
	}
	return stdout.String(), nil
}

// What a change calls for.
type action int

const (
	nothing action = iota
	refresh        // the pages in browsers
	restart        // the process
	rebuild
)

// judge returns what a burst of changes calls for. live are the folders that the process reads its
// files from, and settings the files that it reads at its start.
func (p *program) judge(changed []string, live, settings []string) (most action) {
	for _, name := range changed {
		most = max(most, p.judgeOne(name, live, settings))
	}
	return most
}

func (p *program) judgeOne(name string, live, settings []string) action {
	base := filepath.Base(name)
	switch {
	case name == everything:
		return rebuild
	case slices.Contains(settings, name):
		return restart
	case strings.HasSuffix(base, "_test.go"):
		return nothing
	case strings.HasSuffix(base, ".go"), base == "go.mod", base == "go.sum", base == "go.work":
		return rebuild
	}
	for _, dir := range live {
		if strings.HasPrefix(name, dir+string(filepath.Separator)) {
			return refresh
		}
	}
	if p.embedded[name] {
		return rebuild
	}
	for file := range p.embedded {
		if filepath.Dir(file) == filepath.Dir(name) && filepath.Ext(file) == filepath.Ext(name) {
			return rebuild // a new file that a pattern may embed
		}
	}
	return nothing
}
