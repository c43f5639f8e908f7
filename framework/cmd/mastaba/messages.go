package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/mastaba-go/mastaba/views/i18n/messages"
)

func messagesCommand() *cobra.Command {
	var o messages.Options
	parent := &cobra.Command{
		Use: "messages", Short: "collect and check texts that are translated",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q: want extract or check", "messages "+args[0])}
			}
			return usageError{fmt.Errorf("missing command: want messages extract or messages check")}
		},
		RunE: func(*cobra.Command, []string) error { return nil }, // makes cobra call Args
	}
	flags := parent.PersistentFlags()
	flags.StringVar(&o.Catalogs, "dir", "locale", "`FOLDER` of the catalogs, with LOCALE/LC_MESSAGES/DOMAIN.po")
	flags.StringVar(&o.Domain, "domain", "messages", "`DOMAIN` of messages that name none")
	flags.StringSliceVar(&o.Locales, "locale", nil, "`LOCALES` that get, or need, a catalog, such as de,pt_BR")
	flags.StringArrayVar(&o.Templates, "templates", nil, "`FOLDER[=DOMAIN]` of templates; may be repeated (default: the folders of the packages)")
	flags.StringSliceVar(&o.Extensions, "ext", nil, "`EXTENSIONS` of templates, such as .html,.txt (default: those that the source names)")
	extract := &cobra.Command{
		Use: "extract [PACKAGES]", Short: "collect the texts of source and templates, update the catalogs",
		Long: "Extract writes DOMAIN.pot into the folder of the catalogs and brings the catalogs up to date:\n" +
			"it keeps translations, proposes those of similar texts as fuzzy, and marks others as obsolete.\n" +
			"PACKAGES are those of the go command, by default ./...",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Packages = args
			source, changes, err := messages.Update(cmd.Context(), o)
			if source != nil {
				for _, p := range source.Problems {
					fmt.Fprintln(cmd.ErrOrStderr(), p)
				}
			}
			for _, change := range changes {
				fmt.Fprintln(cmd.OutOrStdout(), change)
			}
			return err
		},
	}
	extract.Flags().BoolVar(&o.NoLines, "no-lines", false, "leave the lines out of the catalogs, which then change less often")
	parent.AddCommand(extract, &cobra.Command{
		Use: "check [PACKAGES]", Short: "report texts without translation, and other mistakes of catalogs",
		Long: "Check prints, with file and line, the messages that are missing in a catalog, stale (no longer in\n" +
			"the source) or fuzzy (not reviewed), and translations with other markers than the text. The exit\n" +
			"status is 1 if there are any. Texts that are not constant are printed too, but are not mistakes.",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Packages = args
			problems, err := messages.Check(cmd.Context(), o)
			for _, p := range problems {
				fmt.Fprintln(cmd.OutOrStdout(), p)
			}
			if err == nil && len(messages.Mistakes(problems)) > 0 {
				return errReported
			}
			return err
		},
	})
	return parent
}
