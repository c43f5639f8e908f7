package cli

import (
	"cmp"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework"
)

// versions is what the command version prints.
type versions struct {
	Name      string   `json:"name"`
	Version   string   `json:"version"`
	Revision  string   `json:"revision,omitempty"`
	Modified  bool     `json:"modified"` // built from a changed work tree
	Framework string   `json:"framework"`
	Go        string   `json:"go"`
	Platform  string   `json:"platform"`
	Modules   []module `json:"modules,omitempty"`
}

type module struct {
	Path    string `json:"path"`
	Version string `json:"version"`
}

func (p *program) versionCommand() *cobra.Command {
	var modules bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the program, the framework and Go",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			v := p.version(modules)
			if p.json {
				return writeJSON(p.env.Stdout, v)
			}
			revision := v.Revision
			if v.Modified {
				revision += " with changes"
			}
			if revision != "" {
				revision = " (" + revision + ")"
			}
			fmt.Fprintf(p.env.Stdout, "%s %s%s\nmastaba %s\n%s %s\n", v.Name, v.Version, revision, v.Framework, v.Go, v.Platform)
			for _, m := range v.Modules {
				fmt.Fprintf(p.env.Stdout, "    %s %s\n", m.Path, m.Version)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&modules, "modules", false, "also list the modules that the program was built from")
	return cmd
}

// version reads the build information.
func (p *program) version(modules bool) versions {
	v := versions{Name: p.o.Name, Version: p.o.Version, Framework: "(unknown)", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		v.Version = cmp.Or(v.Version, "(unknown)")
		return v
	}
	v.Version = cmp.Or(v.Version, info.Main.Version, "(unknown)")
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	own := reflect.TypeFor[framework.App]().PkgPath()
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if strings.HasPrefix(own, m.Path+"/") {
			v.Framework = cmp.Or(m.Version, "(devel)")
		}
		if modules && m != &info.Main {
			v.Modules = append(v.Modules, module{m.Path, m.Version})
		}
	}
	return v
}
