package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// scaffold has the applications that the command new makes. They are packages of this module, so
// their tests run with all others.
//
//go:embed all:scaffold
var scaffold embed.FS

const modulePath = "github.com/mastaba-go/mastaba"

var variants = []string{"tree", "api", "minimal"}

// placeholder is the name of the application in the scaffold, and secretPlaceholder its secret.
const (
	placeholder       = "appname"
	secretPlaceholder = "RANDOM"
)

// newApplication is a call of the command new.
type newApplication struct {
	module   string // its path; the last element is the name of the application
	dir      string
	variant  string
	checkout string // of this module, "" for the published one
}

func newCommand() *cobra.Command {
	var n newApplication
	cmd := &cobra.Command{
		Use: "new NAME", Short: "make a new application that runs, with tests",
		Long: "New makes the folder NAME with an application: resources, views, templates, tests, settings with a\n" +
			"random secret, a Dockerfile and a CI file. NAME may be the path of a module, such as example.com/site;\n" +
			"the folder then has its last element as its name. Variants:\n\n" +
			"  tree      folders and pages in SQLite, with login and permissions\n" +
			"  api       projects and tasks in SQLite as JSON, with bearer tokens\n" +
			"  minimal   one page with a form\n\n" +
			"Inside a checkout of Mastaba, the application uses that checkout.",
		Example: "  mastaba new site\n  mastaba new example.com/tasks --variant api",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("new: want one NAME, such as site or example.com/site")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			n.module = args[0]
			if err := n.check(); err != nil {
				return usageError{fmt.Errorf("new: %w", err)}
			}
			if err := n.make(cmd.Context()); err != nil {
				return fmt.Errorf("new: %w", err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is ready. Next:\n\n  cd %s\n  go run . serve --reload\n\nREADME.md there has the rest.\n", n.name(), n.dir)
			return nil
		},
	}
	cmd.Flags().StringVar(&n.variant, "variant", "tree", "`VARIANT`: tree, api or minimal")
	cmd.Flags().StringVar(&n.dir, "dir", "", "`FOLDER` to make (default: the last element of NAME)")
	cmd.Flags().StringVar(&n.checkout, "checkout", "", "`FOLDER` of a checkout of Mastaba to use (default: the current one, if there is one)")
	return cmd
}

var (
	validName   = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)
	validModule = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~-]*(/[A-Za-z0-9][A-Za-z0-9._~-]*)*$`)
)

// name returns the name of the application.
func (n *newApplication) name() string { return path.Base(n.module) }

// check completes the call, and reports what is wrong with it.
func (n *newApplication) check() error {
	switch {
	case !validModule.MatchString(n.module) || !validName.MatchString(n.name()):
		return fmt.Errorf("invalid name %q: want small letters, digits, _ and -, beginning with a letter, perhaps after a path such as example.com/", n.module)
	case n.name() == "test" || n.name() == "main":
		return fmt.Errorf("invalid name %q: it means something else to the go command", n.module)
	}
	if n.dir == "" {
		n.dir = n.name()
	}
	for _, v := range variants {
		if v == n.variant {
			return nil
		}
	}
	return fmt.Errorf("unknown variant %q: want %s", n.variant, strings.Join(variants, ", "))
}

// make writes the application. The folder appears when all is written.
func (n *newApplication) make(ctx context.Context) (err error) {
	if _, err := os.Lstat(n.dir); err == nil {
		return fmt.Errorf("%s exists already", n.dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(n.dir), "."+n.name()+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	for _, part := range []string{"common", n.variant} { // the variant wins
		if err := n.write(dir, part); err != nil {
			return err
		}
	}
	if standard, err := goCommand(ctx, dir, "list", "-e", "-f", "{{.Standard}}", n.module); err == nil && standard == "true" {
		return fmt.Errorf("%s is a package of the standard library", n.module)
	}
	if err := n.writeModule(ctx, dir); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	return os.Rename(dir, n.dir)
}

// write writes a part of the scaffold.
func (n *newApplication) write(dir, part string) error {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	names := strings.NewReplacer(placeholder, n.name(), secretPlaceholder, hex.EncodeToString(random[:]))
	from := path.Join("scaffold", part)
	return fs.WalkDir(scaffold, from, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := names.Replace(strings.TrimPrefix(file, from))
		if path.Base(name) == "gitignore" { // with its dot it would count here, too
			name = path.Join(path.Dir(name), ".gitignore")
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		text, err := fs.ReadFile(scaffold, file)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if bytes.Contains(text, []byte(secretPlaceholder)) {
			mode = 0o600
		}
		return os.WriteFile(to, []byte(names.Replace(string(text))), mode)
	})
}

// writeModule writes go.mod, and lets the go command add what the application needs.
func (n *newApplication) writeModule(ctx context.Context, dir string) error {
	version, checkout, err := n.source(ctx)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("module %s\n\ngo 1.26\n\nrequire %s %s\n", n.module, modulePath, version)
	if checkout != "" {
		text += fmt.Sprintf("\nreplace %s => %q\n", modulePath, filepath.ToSlash(checkout))
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644); err != nil {
		return err
	}
	_, err = goCommand(ctx, dir, "mod", "tidy")
	return err
}

// source returns the version of this module that the application needs, and the checkout where it
// is, if any.
func (n *newApplication) source(ctx context.Context) (version, checkout string, err error) {
	if checkout = n.checkout; checkout == "" {
		module, err := goCommand(ctx, "", "list", "-m", "-f", "{{.Path}} {{.Dir}}")
		if path, dir, ok := strings.Cut(module, " "); err == nil && ok && path == modulePath {
			checkout = dir
		}
	}
	if checkout != "" {
		checkout, err = filepath.Abs(checkout)
		return "v0.0.0", checkout, err
	}
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Path == modulePath && strings.HasPrefix(info.Main.Version, "v") {
		return info.Main.Version, "", nil
	}
	if ok {
		for _, m := range info.Deps {
			if m.Path == modulePath {
				return m.Version, "", nil
			}
		}
	}
	return "", "", errors.New("this program has no version: run it in a checkout of Mastaba, or name one with --checkout")
}

// goCommand runs the go command, and returns what it printed.
func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return strings.TrimSpace(stdout.String()), nil
}
