package messages_test

import (
	"context"
	"fmt"

	"github.com/mastaba-go/mastaba/views/i18n/messages"
)

// A test of an application: each text of the package has a translation.
func ExampleCheck() {
	problems, err := messages.Check(context.Background(), messages.Options{
		Packages: []string{"./testdata/shop/basket"}, Catalogs: "testdata/shop/locale", Locales: []string{"de"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range messages.Mistakes(problems) {
		fmt.Println(p)
	}
	// Output:
	// testdata/shop/basket/basket.go:9: missing: "Your basket is empty." has no translation in de (testdata/shop/locale/de/LC_MESSAGES/basket.po)
}
