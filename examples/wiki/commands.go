package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal"
)

// commands returns the commands that the wiki has besides those of every application.
func commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{importCommand(env), exportCommand(env)}
}

func importCommand(env *cli.Env) *cobra.Command {
	var into, author, site string
	cmd := &cobra.Command{
		Use: "import DIR", Short: "bring a directory of Markdown files into the wiki", Args: cobra.ExactArgs(1),
		Long: "Import makes a page of each file *.md, a file of each other one, and a folder of each directory. Links\n" +
			"between the files become links between the pages, and links that lead nowhere are listed. What an export has written comes back\n" +
			"with its titles and access lists. Import can be repeated: it changes what differs, as a new revision, and\n" +
			"deletes nothing. Each folder is there as a whole or not at all, even if the process is killed.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withWiki(cmd.Context(), env, func(ctx context.Context, w *wiki) error {
				folder, err := w.folderAt(ctx, into)
				if err != nil {
					return err
				}
				bar := newProgress(env.Stderr, "files")
				i := &importer{w: w, author: author, site: site, step: bar.step, report: bar.print(env.Stdout), ready: bar.begin}
				counts, err := i.run(ctx, args[0], folder)
				bar.end()
				fmt.Fprintf(env.Stdout, "%d folders and %d pages and files are new, %d changed, %d as before; %d skipped, %d broken links\n",
					counts.Folders, counts.Created, counts.Updated, counts.Unchanged, counts.Skipped, counts.Broken)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&into, "into", "/", "`PATH` of the folder of the wiki that gets it; it is made if there is none")
	cmd.Flags().StringVar(&author, "as", "import", "`USER` who is the author of the revisions")
	cmd.Flags().StringVar(&site, "site", "", "`URL` under which the directory is on the web: links that begin with it become links of the wiki")
	return cmd
}

func exportCommand(env *cli.Env) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use: "export DIR", Short: "write the wiki as a directory of Markdown files", Args: cobra.ExactArgs(1),
		Long: "Export writes each page as a file *.md, with links that work between the files, each file, and titles and access\n" +
			"lists into " + manifestName + ". DIR must be new or empty, and appears when all is written. Revisions and users\n" +
			"are not exported: copy the database for that.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withWiki(cmd.Context(), env, func(ctx context.Context, w *wiki) error {
				node, err := w.find(ctx, from)
				if err != nil {
					return err
				}
				bar := newProgress(env.Stderr, "files")
				bar.begin(-1)
				counts, err := (&exporter{w: w, step: bar.step, report: bar.print(env.Stdout)}).run(ctx, node, args[0])
				bar.end()
				if err != nil {
					return err
				}
				fmt.Fprintf(env.Stdout, "%d folders, %d pages and %d files written; %d broken links\n", counts.Folders, counts.Pages, counts.Files, counts.Broken)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "/", "`PATH` of the folder that is exported")
	return cmd
}

// withWiki opens the wiki for a command.
func withWiki(ctx context.Context, env *cli.Env, do func(context.Context, *wiki) error) error {
	w, err := openWiki(ctx, env)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, w), w.close(context.WithoutCancel(ctx)))
}

// find returns the folder at an escaped path.
func (w *wiki) find(ctx context.Context, path string) (traversal.Node, error) {
	root, err := w.tree.Root(ctx, path)
	if err != nil {
		return traversal.Node{}, err
	}
	node, err := new(traversal.Traverser).Find(ctx, traversal.NewNode(root), path)
	if err != nil {
		return node, err
	}
	if _, ok := node.Resource().(*Folder); !ok {
		return node, fmt.Errorf("%s is no folder", path)
	}
	return node, nil
}

// folderAt returns the folder at an escaped path, and makes it if only its parent is there.
func (w *wiki) folderAt(ctx context.Context, path string) (folder *Folder, err error) {
	names, err := traversal.Split(path)
	if err != nil {
		return nil, err
	}
	err = transaction.Run(ctx, w.db, transaction.RunOptions{Attempts: 5}, func(ctx context.Context) error {
		node, err := w.find(ctx, "/")
		if err != nil {
			return err
		}
		folder = node.Resource().(*Folder)
		for _, name := range names {
			children, err := folder.Descend(ctx, []string{name})
			if err != nil && !errors.Is(err, traversal.ErrNotFound) {
				return err
			}
			if len(children) > 0 {
				next, ok := children[0].(*Folder)
				if !ok {
					return fmt.Errorf("%s: %s is no folder", path, name)
				}
				folder = next
				continue
			}
			if err := checkName(name); err != nil {
				return err
			}
			next := &Folder{Title: name}
			if err := w.tree.Create(ctx, folder, name, next); err != nil {
				return err
			}
			folder = next
		}
		return nil
	})
	return folder, err
}

// progress shows how far a command is, on a terminal.
type progress struct {
	to   io.Writer
	unit string
	bar  *progressbar.ProgressBar // nil if it is not shown
}

func newProgress(to io.Writer, unit string) *progress { return &progress{to: to, unit: unit} }

// begin shows the bar. total is -1 if it is unknown.
func (p *progress) begin(total int) {
	if f, ok := p.to.(*os.File); ok && isatty.IsTerminal(f.Fd()) {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.to), progressbar.OptionShowCount(),
			progressbar.OptionSetItsString(p.unit), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
	}
}

func (p *progress) step(string) {
	if p.bar != nil {
		_ = p.bar.Add(1) // the terminal may be gone
	}
}

// print returns a function that prints a line beside the bar.
func (p *progress) print(to io.Writer) func(string) {
	return func(line string) {
		if p.bar != nil {
			_ = p.bar.Clear()
		}
		fmt.Fprintln(to, line)
	}
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
