// Package basket has a domain of its own, which other packages use.
package basket

import "github.com/mastaba-go/mastaba/views/i18n"

// Text makes messages.
var Text = i18n.NewDomain("basket")

var _ = Text.Tr("Your basket is empty.")
